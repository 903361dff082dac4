//! Counts events and people, in all and in each interval.

use outrigger_plugin_api::sdk::analytics::query::{CountsAnswer, Point, Sum};

use crate::{Buckets, Groups};

/// Counts, fed person by person.
#[derive(Debug)]
pub struct Counts {
    buckets: Option<Buckets>,
    groups: Groups,
}

impl Counts {
    /// Begins; without intervals there is only the sum.
    pub fn new(buckets: Option<Buckets>) -> Self {
        let intervals = buckets.as_ref().map_or(0, |buckets| buckets.starts().len());
        Self { buckets, groups: Groups::with_capacity(intervals) }
    }

    /// Takes one event of a person.
    pub fn event(&mut self, person: u64, ms: u64) {
        let interval = self.buckets.as_ref().and_then(|buckets| buckets.find(ms));
        self.groups.event(person, interval);
    }

    /// Returns the answer.
    pub fn finish(self) -> CountsAnswer {
        let Self { buckets, groups } = self;
        let points = buckets.iter().flat_map(|buckets| {
            buckets.starts().iter().enumerate().map(|(interval, start_ms)| {
                let Sum { events, people } = groups.sum(interval);
                Point { start_ms: *start_ms, start: buckets.label(*start_ms), events, people }
            })
        });
        CountsAnswer { points: points.collect(), total: groups.total() }
    }
}

#[cfg(test)]
mod tests;
