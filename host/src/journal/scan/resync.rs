//! Finds the next good record after a damaged place.

use std::{io, ops::Range};

use super::{CAREFUL_BYTES, WINDOW_BYTES_MAX};
use crate::journal::{
    disk::DiskFile,
    format::{HEAD_BYTES, Parsed, Salt, is_head, parse},
};

/// Returns where the first good record within `place` begins, which is not at its start; its end if there is none.
pub(super) fn next_record(file: &dyn DiskFile, salt: Salt, after: u64, place: Range<u64>) -> io::Result<u64> {
    let (mut from, mut window_bytes) = (place.start.saturating_add(1), CAREFUL_BYTES);
    while from < place.end {
        let left = usize::try_from(place.end - from).unwrap_or(usize::MAX);
        let mut window = vec![0; left.min(window_bytes)];
        let read = file.read_at(&mut window, from)?;
        window.truncate(read);
        // A head that the window cuts is seen by the next one.
        let heads = (read + 1).saturating_sub(HEAD_BYTES);
        for skip in 0..heads {
            let rest = window.get(skip..).unwrap_or_default();
            let offset = from + skip as u64;
            let left = place.end - offset;
            if is_head(salt, after, left, rest) && is_record(file, salt, after, left, rest, offset)? {
                return Ok(offset);
            }
        }
        if heads == 0 {
            break;
        }
        from += heads as u64;
        window_bytes = window_bytes.saturating_mul(2).min(WINDOW_BYTES_MAX);
    }
    Ok(place.end)
}

/// Whether the head that begins `window` has its whole record behind it, of which the window may hold only a part.
fn is_record(file: &dyn DiskFile, salt: Salt, after: u64, left: u64, window: &[u8], at: u64) -> io::Result<bool> {
    Ok(match parse(salt, after, left, window) {
        Parsed::Record(..) => true,
        Parsed::Bad => false,
        Parsed::Incomplete(needs) => {
            let mut whole = vec![0; needs];
            let read = file.read_at(&mut whole, at)?;
            whole.truncate(read);
            matches!(parse(salt, after, left, &whole), Parsed::Record(..))
        }
    })
}
