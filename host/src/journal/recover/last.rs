//! Reads the newest file as a whole: the only one that a crash can have left unfinished.

use std::{io, ops::Range};

use crate::journal::{
    disk::{Disk, DiskFile},
    format::HEAD_BYTES,
    held::HeldFile,
    recover::Recovery,
    scan::{Limit, Step, blank},
};

/// What is read at once: enough that the number of reads does not count.
const READ_BYTES: usize = 1 << 20;

/// What the newest file says.
pub(super) struct Read {
    /// Higher than any position in it, also in what was damaged.
    pub(super) next: u64,
    pub(super) tail: Option<Tail>,
}

/// The end of a file that holds no whole record.
pub(in crate::journal) struct Tail {
    file: Box<dyn DiskFile>,
    keep_bytes: u64,
}

impl Tail {
    /// Cuts it off. Must not happen before a new file remembers the positions it may hold. Should it fail, readers skip
    /// the tail.
    pub(in crate::journal) fn cut(self) {
        if let Err(error) = self.file.truncate(self.keep_bytes).and_then(|()| self.file.sync()) {
            tracing::warn!(%error, "the unfinished end of a journal file stays");
        }
    }
}

/// Reads the newest file, brings it to disk, and copies what is damaged.
pub(super) fn read(disk: &dyn Disk, newest: &HeldFile, recovery: &mut Recovery) -> Read {
    let bytes = newest.visible();
    // What can't be read may hold as many records as bytes.
    let unknown = newest.header.first.saturating_add(bytes).saturating_add(1);
    let file = match disk.open(&newest.name()) {
        Ok(file) => file,
        Err(error) => {
            give_up(newest, &error, recovery);
            return Read { next: unknown, tail: None };
        }
    };
    let Whole { after, good_end, torn_end, damaged, failure } = read_whole(&*file, newest, recovery);
    // A killed process may have left records that only the operating system has.
    let synced = file.sync();
    if let Err(error) = &synced {
        tracing::error!(file = newest.name(), %error, "the newest journal file can't be brought to disk");
    }
    newest.show(good_end);
    set_aside(disk, &*file, newest, &damaged, recovery);
    if let Some(error) = failure {
        give_up(newest, &error, recovery);
        return Read { next: unknown, tail: None };
    }
    recovery.torn_bytes_cut = torn_end.saturating_sub(good_end);
    let lost = recovery.torn_bytes_cut.div_ceil(HEAD_BYTES as u64);
    // After a failed sync there must be no second one, which cutting needs.
    let tail = (bytes > good_end && synced.is_ok()).then_some(Tail { file, keep_bytes: good_end });
    if tail.is_some() {
        newest.set_bytes(good_end);
    }
    Read { next: after.saturating_add(lost).saturating_add(1), tail }
}

struct Whole {
    after: u64,
    /// Where the last good record ends.
    good_end: u64,
    /// Where what is no record ends behind it; zeros behind that are room for records that never came.
    torn_end: u64,
    damaged: Vec<Range<u64>>,
    failure: Option<io::Error>,
}

fn read_whole(file: &dyn DiskFile, newest: &HeldFile, recovery: &mut Recovery) -> Whole {
    let mut scan = newest.scan_to(0);
    let limit = Limit { offset: newest.visible(), position: u64::MAX };
    let (mut good_end, mut damaged) = (scan.offset(), Vec::new());
    let failure = loop {
        match scan.step(file, limit, READ_BYTES) {
            Ok(Step::Records(found)) => {
                recovery.records_in_last_file += found.len() as u64;
                newest.mark_found(&found);
                good_end = scan.offset();
            }
            Ok(Step::Damage(place)) => damaged.push(place),
            Ok(Step::Later | Step::Blank(_) | Step::End) => break None,
            Err(error) => break Some(error),
        }
    };
    // What no record follows is the torn tail.
    damaged.retain(|place| place.start < good_end);
    let (torn_end, failure) = match failure {
        None => {
            blank::written_end(file, good_end..limit.offset).map_or_else(|e| (good_end, Some(e)), |end| (end, None))
        }
        failure => (good_end, failure),
    };
    Whole { after: scan.after(), good_end, torn_end, damaged, failure }
}

fn give_up(newest: &HeldFile, error: &io::Error, recovery: &mut Recovery) {
    tracing::error!(file = newest.name(), %error, "the newest journal file can't be read to its end");
    recovery.left_alone.push(newest.name());
}

/// Copies damaged places, so that they can be looked at when their file is long deleted.
fn set_aside(disk: &dyn Disk, file: &dyn DiskFile, newest: &HeldFile, damaged: &[Range<u64>], recovery: &mut Recovery) {
    for place in damaged {
        newest.note_damage(place.start);
        recovery.bad_records_skipped += 1;
        let name = format!("bad-{:020}-{}.bin", newest.header.first, place.start);
        tracing::error!(file = newest.name(), offset = place.start, end = place.end, "a damaged place was skipped");
        match copy(disk, file, place, &name) {
            Ok(()) => recovery.set_aside.push(name),
            // An earlier opening has copied it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => tracing::warn!(%error, "a damaged place could not be copied"),
        }
    }
}

fn copy(disk: &dyn Disk, file: &dyn DiskFile, place: &Range<u64>, name: &str) -> io::Result<()> {
    let copy = disk.create(name)?;
    let mut at = place.start;
    while at < place.end {
        let left = usize::try_from(place.end - at).unwrap_or(usize::MAX);
        let mut bytes = vec![0; left.min(READ_BYTES)];
        let read = file.read_at(&mut bytes, at)?;
        if read == 0 {
            break;
        }
        bytes.truncate(read);
        copy.write_at(&bytes, at - place.start)?;
        at += read as u64;
    }
    Ok(())
}
