//! Waits a moment for those who were just told, before the next sync begins without them.
//!
//! An appender that waits for each acknowledgement comes back right after it, but not before the writer: the first to
//! come back would get a sync of its own, and all others would wait for two. Measured with 64 and 256 appenders, each
//! sync served half of them.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, MutexGuard};

use crate::{clock, journal::pending::Pending};

/// The part of a sync's time that is spent waiting at most, a quarter: what an appender loses that comes alone.
const WAIT_PART: u32 = 4;

/// Slow disks would make appenders wait for long that come at random; these all come back within this.
const WAIT_MAX: Duration = Duration::from_millis(1);

/// After a wait in vain, as many commits go without one, doubling up to this.
const PAUSE_MAX: u32 = 64;

#[derive(Debug, Default)]
pub(super) struct Gather {
    /// How long the newest sync took.
    sync: Duration,
    /// What is waited for: so many records, until then.
    expected: Option<(u64, Instant)>,
    /// Commits that do not wait, and how many that were after the last wait in vain.
    pause: u32,
    paused: u32,
}

impl Gather {
    pub(super) const fn synced(&mut self, took: Duration) {
        self.sync = took;
    }

    /// Notes that this many wait already, and this many were just told.
    pub(super) fn expect(&mut self, waiting: u64, told: u64) {
        let wait = (std::mem::take(&mut self.sync) / WAIT_PART).min(WAIT_MAX);
        self.pause = self.pause.saturating_sub(1);
        let useful = self.pause == 0 && !wait.is_zero();
        self.expected = useful.then(|| (waiting + told, clock::now() + wait));
    }

    /// Waits until those have come back who are expected, or their time is over.
    pub(super) fn wait(&mut self, work: &Condvar, pending: &mut MutexGuard<'_, Pending>) {
        let Some((expected, until)) = self.expected.take() else { return };
        let before = pending.records();
        while pending.records() < expected && !pending.closed {
            pending.wake_at = Some(expected);
            if work.wait_until(pending, until).timed_out() {
                break;
            }
        }
        pending.wake_at = None;
        let (missing, came) = (expected.saturating_sub(before), pending.records().saturating_sub(before));
        if came < missing / 2 {
            self.paused = (self.paused * 2).clamp(1, PAUSE_MAX);
            self.pause = self.paused;
        } else {
            self.paused = 0;
        }
    }
}
