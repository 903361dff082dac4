//! Bounds how many log lines of one provider are taken, and counts the rest until somebody reports them.

use std::sync::atomic::{AtomicU64, Ordering};

/// Most lines a second from one provider; the rest is counted and reported once a second. A provider at trace level
/// under load writes more than anyone reads, and a broken one must not drown the others' lines.
pub(super) const LINES_PER_SECOND_MAX: u64 = 1_000;

/// What becomes of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admitted {
    /// It is written.
    Yes,
    /// It is written, after the report that so many were dropped before.
    AfterDropping(u64),
    /// It is dropped and counted.
    No,
}

/// The lines of one second, and those dropped that nobody has reported yet.
#[derive(Debug, Default)]
pub(super) struct LineLimit {
    second: AtomicU64,
    lines: AtomicU64,
    dropped: AtomicU64,
}

impl LineLimit {
    /// Takes or drops a line that comes in this second. Two seconds that meet on two threads may let through a second
    /// allowance; no dropped line is lost or counted twice.
    pub(super) fn admit(&self, second: u64) -> Admitted {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.lines.store(1, Ordering::Relaxed);
            return match self.take_dropped() {
                0 => Admitted::Yes,
                dropped => Admitted::AfterDropping(dropped),
            };
        }
        if self.lines.fetch_add(1, Ordering::Relaxed) < LINES_PER_SECOND_MAX {
            return Admitted::Yes;
        }
        // Released to the reporter: it must see the count that it is woken for.
        self.dropped.fetch_add(1, Ordering::Release);
        Admitted::No
    }

    /// Returns how many lines were dropped since this was last asked.
    pub(super) fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests;
