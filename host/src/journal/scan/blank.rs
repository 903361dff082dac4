//! Tells zeros from what was written: a file may end with room that was set aside for records that never came.

use std::{io, ops::Range};

use super::{CAREFUL_BYTES, WINDOW_BYTES_MAX};
use crate::journal::disk::DiskFile;

/// Tells whether a place of a file has only zeros. Reads no further than the window with the first byte that is none.
pub(in crate::journal) fn is_blank(file: &dyn DiskFile, place: Range<u64>) -> io::Result<bool> {
    let mut windows = Windows::new(file, place);
    while let Some((_, window)) = windows.next()? {
        if window.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns where the last byte of a place ends that is no zero; the place's start if there is none.
pub(in crate::journal) fn written_end(file: &dyn DiskFile, place: Range<u64>) -> io::Result<u64> {
    let (mut end, mut windows) = (place.start, Windows::new(file, place));
    while let Some((at, window)) = windows.next()? {
        if let Some(last) = window.iter().rposition(|byte| *byte != 0) {
            end = at.saturating_add(last as u64).saturating_add(1);
        }
    }
    Ok(end)
}

/// A place of a file, piece by piece, each larger than the one before.
struct Windows<'a> {
    file: &'a dyn DiskFile,
    place: Range<u64>,
    buffer: Vec<u8>,
}

impl<'a> Windows<'a> {
    const fn new(file: &'a dyn DiskFile, place: Range<u64>) -> Self {
        Self { file, place, buffer: Vec::new() }
    }

    /// Returns the next piece and where it begins; `None` at the end of the place or of the file.
    fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        let left = usize::try_from(self.place.end.saturating_sub(self.place.start)).unwrap_or(usize::MAX);
        let size = self.buffer.len().saturating_mul(2).clamp(CAREFUL_BYTES, WINDOW_BYTES_MAX);
        self.buffer.resize(size.min(left), 0);
        let (at, read) = (self.place.start, self.file.read_at(&mut self.buffer, self.place.start)?);
        self.place.start = at.saturating_add(read as u64);
        Ok(self.buffer.get(..read).filter(|window| !window.is_empty()).map(|window| (at, window)))
    }
}
