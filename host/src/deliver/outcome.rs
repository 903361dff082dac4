//! How a record ended at one provider, and a compact memory of many such ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most runs that are kept: records in a row mostly end alike, so 4096 runs reach far back; 100 KiB a provider.
const RUNS_MAX: usize = 4096;

/// How a record ended at one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The backend has it.
    Delivered,
    /// Sent to a backend that answers success to anything.
    AcceptedUnverified,
    /// The backend said that it threw the record away.
    DroppedByVendor,
    /// The provider takes no records of this sort.
    Unsupported,
    /// Kept as a dead letter, with the reason.
    DeadLettered,
    /// Let go by a rule of the configuration, which the metric names.
    Dropped,
    /// Not meant for this provider.
    Foreign,
}

impl Outcome {
    /// Returns the stable name used in receipts, metrics and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AcceptedUnverified => "accepted_unverified",
            Self::DroppedByVendor => "dropped_by_vendor",
            Self::Unsupported => "unsupported",
            Self::DeadLettered => "dead_lettered",
            Self::Dropped => "dropped",
            Self::Foreign => "foreign",
        }
    }
}

/// The ends of records by position, as runs of equal ones. Forgets the oldest beyond [`RUNS_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Runs(BTreeMap<u64, (u64, Outcome)>);

impl Runs {
    /// Notes the end of the record at `position`.
    pub(super) fn note(&mut self, position: u64, outcome: Outcome) {
        let before = self.0.range(..=position).next_back().map(|(&from, &run)| (from, run));
        match before {
            Some((_, (to, _))) if to >= position => return,
            // A record that is not this provider's continues any run: nobody asks how it ended.
            Some((from, (to, same))) if to + 1 == position && (same == outcome || outcome == Outcome::Foreign) => {
                self.0.insert(from, (position, same));
                self.join(from, position, same);
                return;
            }
            _ => {}
        }
        self.0.insert(position, (position, outcome));
        self.join(position, position, outcome);
        while self.0.len() > RUNS_MAX {
            self.0.pop_first();
        }
    }

    /// Notes that every record of `from..to` that has not ended otherwise ended so.
    pub(super) fn note_all(&mut self, from: u64, to: u64, outcome: Outcome) {
        let mut at = from;
        while at < to {
            // Over what is known, then up to the next that is.
            if let Some((_, &(known, _))) = self.0.range(..=at).next_back().filter(|(_, (known, _))| *known >= at) {
                at = known + 1;
                continue;
            }
            let end = self.0.range(at..to).next().map_or(to, |(&next, _)| next);
            self.0.insert(at, (end - 1, outcome));
            at = end;
        }
    }

    /// Joins the run `from..=to` with the one right behind it.
    fn join(&mut self, from: u64, to: u64, outcome: Outcome) {
        if let Some(&(end, same)) = self.0.get(&(to + 1))
            && same == outcome
        {
            self.0.remove(&(to + 1));
            self.0.insert(from, (end, outcome));
        }
    }

    /// Returns how the record at `position` ended, where that is still known.
    pub(super) fn at(&self, position: u64) -> Option<Outcome> {
        let (_, &(to, outcome)) = self.0.range(..=position).next_back()?;
        (position <= to).then_some(outcome)
    }

    /// Returns the newest `count` runs as `(from, to, outcome)`.
    pub(super) fn newest(&self, count: usize) -> Vec<(u64, u64, Outcome)> {
        let skip = self.0.len().saturating_sub(count);
        self.0.iter().skip(skip).map(|(&from, &(to, outcome))| (from, to, outcome)).collect()
    }

    /// Returns the runs that [`Self::newest`] gave.
    pub(super) fn restore(runs: &[(u64, u64, Outcome)]) -> Self {
        let sound = runs.iter().filter(|(from, to, _)| from <= to);
        Self(sound.map(|&(from, to, outcome)| (from, (to, outcome))).collect())
    }
}

#[cfg(test)]
mod tests;
