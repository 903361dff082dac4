//! The journal files that are held, oldest first, and what is known of each.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};

use super::{
    format::{HEADER_BYTES, Header, file_name},
    scan::{Found, Scan},
};

/// How far apart the places are that are remembered of a file: what a reader scans at most to find its first record.
/// Half of it doubles the memory, which is 16 KiB for a file of 64 MiB.
const MARK_BYTES: u64 = 64 << 10;

/// One journal file.
#[derive(Debug)]
pub(super) struct HeldFile {
    pub(super) header: Header,
    /// Up to here readers may look: to the end of what is acknowledged.
    visible: AtomicU64,
    /// What the file takes of the disk.
    bytes: AtomicU64,
    known: Mutex<Known>,
}

/// What scans have found out.
#[derive(Debug, Default)]
struct Known {
    /// Positions with the offset of their record, in order, some distance apart.
    marks: Vec<(u64, u64)>,
    /// Where damaged places begin.
    damaged: BTreeSet<u64>,
}

impl HeldFile {
    /// Returns a file of which the first `visible` bytes may be read.
    pub(super) fn new(header: Header, visible: u64) -> Self {
        Self { header, visible: visible.into(), bytes: visible.into(), known: Mutex::default() }
    }

    pub(super) fn name(&self) -> String {
        file_name(self.header.first)
    }

    pub(super) fn visible(&self) -> u64 {
        self.visible.load(Ordering::Acquire)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether no record of it was ever acknowledged. What can't be read is no reason to think so.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes() <= HEADER_BYTES
    }

    /// Lets readers look up to here.
    pub(super) fn show(&self, visible: u64) {
        self.visible.store(visible, Ordering::Release);
    }

    pub(super) fn set_bytes(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Returns a scan that begins at or before the record.
    pub(super) fn scan_to(&self, position: u64) -> Scan {
        let known = self.known.lock();
        let after = known.marks.partition_point(|(marked, _)| *marked <= position);
        match after.checked_sub(1).and_then(|index| known.marks.get(index)) {
            Some((marked, offset)) => Scan::new(self.header.salt, *offset, marked.saturating_sub(1)),
            None => Scan::new(self.header.salt, HEADER_BYTES, self.header.first.saturating_sub(1)),
        }
    }

    /// Remembers where some of these records are. They are in order and follow what was marked before, or are marked
    /// already.
    pub(super) fn mark(&self, records: impl IntoIterator<Item = (u64, u64)>) {
        let mut known = self.known.lock();
        for (position, offset) in records {
            let next = known.marks.last().map_or(HEADER_BYTES, |(_, last)| *last) + MARK_BYTES;
            if offset >= next {
                known.marks.push((position, offset));
            }
        }
    }

    pub(super) fn mark_found(&self, records: &[Found]) {
        self.mark(records.iter().map(|record| (record.position, record.offset)));
    }

    /// Notes that a damaged place begins here, and returns whether that is news.
    pub(super) fn note_damage(&self, offset: u64) -> bool {
        self.known.lock().damaged.insert(offset)
    }
}

/// All journal files, oldest first.
#[derive(Debug, Default)]
pub(super) struct Held(RwLock<Vec<Arc<HeldFile>>>);

impl Held {
    pub(super) fn new(files: Vec<Arc<HeldFile>>) -> Self {
        Self(RwLock::new(files))
    }

    pub(super) fn oldest(&self) -> Option<Arc<HeldFile>> {
        self.0.read().first().cloned()
    }

    /// Returns the oldest file and the one after it.
    pub(super) fn oldest_two(&self) -> Option<(Arc<HeldFile>, Arc<HeldFile>)> {
        match self.0.read().as_slice() {
            [oldest, next, ..] => Some((Arc::clone(oldest), Arc::clone(next))),
            _ => None,
        }
    }

    pub(super) fn newest(&self) -> Option<Arc<HeldFile>> {
        self.0.read().last().cloned()
    }

    /// Returns the file that has the position, or the oldest if it is gone.
    pub(super) fn covering(&self, position: u64) -> Option<Arc<HeldFile>> {
        let files = self.0.read();
        let after = files.partition_point(|file| file.header.first <= position);
        files.get(after.saturating_sub(1)).cloned()
    }

    /// Returns the file after the one that begins at `first`.
    pub(super) fn after(&self, first: u64) -> Option<Arc<HeldFile>> {
        let files = self.0.read();
        files.get(files.partition_point(|file| file.header.first <= first)).cloned()
    }

    /// Returns the newest file made at or before the time.
    pub(super) fn made_by(&self, unix_ms: u64) -> Option<Arc<HeldFile>> {
        self.0.read().iter().rev().find(|file| file.header.created_unix_ms <= unix_ms).cloned()
    }

    pub(super) fn has(&self, file: &Arc<HeldFile>) -> bool {
        self.0.read().iter().any(|held| Arc::ptr_eq(held, file))
    }

    pub(super) fn push(&self, file: Arc<HeldFile>) {
        self.0.write().push(file);
    }

    /// Takes a file out, so that no reader finds it any more.
    pub(super) fn remove(&self, file: &Arc<HeldFile>) {
        self.0.write().retain(|held| !Arc::ptr_eq(held, file));
    }

    /// Puts a file back at its place.
    pub(super) fn put_back(&self, file: Arc<HeldFile>) {
        let mut files = self.0.write();
        let at = files.partition_point(|held| held.header.first < file.header.first);
        files.insert(at, file);
    }

    /// Returns how many files there are, and their bytes.
    pub(super) fn count(&self) -> (usize, u64) {
        let files = self.0.read();
        (files.len(), files.iter().map(|file| file.bytes()).sum())
    }
}
