//! Finds the position of a recent event by its id.

use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

/// How many events are found at once; older ones are searched for in the journal's files. 100 000 take 6 MiB.
const RECENT_MAX: usize = 100_000;

/// The newest events by id.
#[derive(Debug, Default)]
pub(super) struct Recent {
    positions: HashMap<Uuid, u64>,
    order: VecDeque<(Uuid, u64)>,
}

impl Recent {
    /// Notes events that stand one after the other from `first` on. A repeated id is its newest.
    pub(super) fn note(&mut self, ids: &[Uuid], first: u64) {
        for (id, position) in ids.iter().zip(first..) {
            self.positions.insert(*id, position);
            self.order.push_back((*id, position));
        }
        while self.order.len() > RECENT_MAX {
            if let Some((id, position)) = self.order.pop_front()
                && self.positions.get(&id) == Some(&position)
            {
                self.positions.remove(&id);
            }
        }
    }

    /// Returns the position.
    pub(super) fn find(&self, id: Uuid) -> Option<u64> {
        self.positions.get(&id).copied()
    }
}

#[cfg(test)]
mod tests;
