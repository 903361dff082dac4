//! How a journal behaves: what an acknowledgement promises, and every bound.

use std::{fmt, time::Duration};

/// What an acknowledged append has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is on disk: a power cut does not lose it.
    Fsync,
    /// It is with the operating system, which is told to put it on disk at least this often: a crash of the process
    /// does not lose it, a power cut loses at most what came within this time and one sync.
    Interval(Duration),
    /// It is with the operating system: a crash of the process does not lose it, a power cut may.
    None,
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fsync => "fsync",
            Self::Interval(_) => "interval",
            Self::None => "none",
        })
    }
}

/// The bounds of a journal.
#[derive(Debug, Clone)]
pub struct Options {
    /// When an append is acknowledged.
    pub durability: Durability,
    /// A journal file that would grow beyond this many bytes is ended and a new one begun. One commit is never split,
    /// so a file may exceed it by that.
    pub file_bytes: u64,
    /// The longest payload of one record, in bytes.
    pub record_bytes_max: usize,
    /// The most bytes that wait to be committed; appends beyond them are refused. Raised to what one record of
    /// [`Self::record_bytes_max`] needs.
    pub pending_bytes_max: usize,
    /// How long records are kept that nobody needs any more.
    pub retain: Duration,
    /// Records that nobody needs any more are kept only while all journal files together have at most this many bytes.
    pub retain_bytes: u64,
    /// Appends are refused while the file system has fewer free bytes than this.
    pub free_bytes_min: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Fsync,
            // Deleting goes file by file: half as much frees space twice as often and doubles the files of a backlog.
            file_bytes: 64 << 20,
            // A Sentry envelope with an attachment; twice as much would let four records fill what may be pending.
            record_bytes_max: 8 << 20,
            // A tenth of a second of a fast disk. Twice as much doubles both the memory and the longest wait.
            pending_bytes_max: 32 << 20,
            // A provider that was down over a weekend, or is added on Monday, still gets all of it.
            retain: Duration::from_hours(72),
            // What history alone may take of a small server's disk.
            retain_bytes: 4 << 30,
            // Room for the other programs on the machine to notice that the disk is full, and for dead letters.
            free_bytes_min: 256 << 20,
        }
    }
}
