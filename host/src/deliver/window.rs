//! What one lane holds in memory: records read but not sent, and batches to be sent again. Pure: it is told the time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

use uuid::Uuid;

use super::policy::Policy;
use crate::{call::Outgoing, config::Order};

/// Where a record in a window came from, which decides who hears of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The cursor's own way through the journal.
    Cursor,
    /// A replay of the journal.
    Replay(Uuid),
    /// A dead letter sent again, by its position among the dead letters.
    DeadLetter(Uuid, u64),
}

/// A record on its way to one provider.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) position: u64,
    pub(super) source: Source,
    pub(super) event: Outgoing,
    /// Tries that were made.
    pub(super) tries: u32,
    /// Unix milliseconds of the first try; 0 before it.
    pub(super) first_try_ms: u64,
}

/// Records that travel together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
    /// Failures of this very batch, which decide its next wait.
    pub(super) failures: u32,
}

/// What a lane should do now.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// Send this.
    Send(Batch),
    /// Nothing until then.
    Wait(Instant),
    /// Nothing until something is put in or comes back.
    Idle,
}

/// The records a lane holds, but for those in flight.
#[derive(Debug, Default)]
pub(super) struct Window {
    ready: VecDeque<Item>,
    ready_bytes: usize,
    /// When the oldest of `ready` came.
    ready_since: Option<Instant>,
    /// Batches to be sent again, by time; the number tells apart those of one instant.
    later: BTreeMap<(Instant, u64), Batch>,
    later_number: u64,
    /// Records and bytes held, with those in flight.
    held_records: usize,
    held_bytes: usize,
}

impl Window {
    /// Tells whether more may be read. One record is always let in, however large.
    pub(super) const fn has_room(&self, policy: &Policy) -> bool {
        self.held_records == 0
            || (self.held_records < policy.held_records_max() && self.held_bytes < policy.held_bytes_max())
    }

    /// Tells whether nothing is held or in flight.
    pub(super) const fn is_empty(&self) -> bool {
        self.held_records == 0
    }

    /// Takes a record in.
    pub(super) fn push(&mut self, item: Item, now: Instant) {
        self.held_records += 1;
        self.held_bytes += item.event.body.len();
        self.ready_bytes += item.event.body.len();
        self.ready_since.get_or_insert(now);
        self.ready.push_back(item);
    }

    /// Counts a record as held that is neither ready nor in flight.
    pub(super) fn hold(&mut self, item: &Item) {
        self.held_records += 1;
        self.held_bytes += item.event.body.len();
    }

    /// Takes a batch back that came home and is to be sent again; it never stopped being held.
    pub(super) fn again(&mut self, batch: Batch, at: Instant) {
        self.later_number += 1;
        self.later.insert((at, self.later_number), batch);
    }

    /// Lets go of a record that has ended.
    pub(super) fn ended(&mut self, item: &Item) {
        self.held_records = self.held_records.saturating_sub(1);
        self.held_bytes = self.held_bytes.saturating_sub(item.event.body.len());
    }

    /// Returns what to do with `in_flight` batches under way. `records_max` is what the rate allows now.
    pub(super) fn next(&mut self, policy: &Policy, in_flight: usize, records_max: usize, now: Instant) -> Next {
        if in_flight >= policy.in_flight || records_max == 0 {
            return Next::Idle;
        }
        let due = self.later.first_key_value().map(|(&(at, _), _)| at);
        if due.is_some_and(|at| at <= now)
            && let Some((_, batch)) = self.later.pop_first()
        {
            return Next::Send(batch);
        }
        let alone = in_flight == 0 && self.later.is_empty();
        if self.ready.is_empty() || (policy.order == Order::Journal && !alone) {
            return due.map_or(Next::Idle, Next::Wait);
        }
        let full = self.ready.len() >= policy.batch_records || self.ready_bytes >= policy.batch_bytes;
        let ripe = self.ready_since.map_or(now, |since| since + policy.batch_age);
        // Nobody under way: waiting for company would only add delay.
        if full || alone || ripe <= now {
            return Next::Send(self.take(policy, records_max, now));
        }
        Next::Wait(due.map_or(ripe, |due| due.min(ripe)))
    }

    fn take(&mut self, policy: &Policy, records_max: usize, now: Instant) -> Batch {
        let mut bytes = 0_usize;
        let fits = |item: &&Item| {
            bytes = bytes.saturating_add(item.event.body.len());
            bytes <= policy.batch_bytes
        };
        let count = self.ready.iter().take(policy.batch_records.min(records_max)).take_while(fits).count().max(1);
        let items: Vec<_> = self.ready.drain(..count.min(self.ready.len())).collect();
        self.ready_bytes -= items.iter().map(|item| item.event.body.len()).sum::<usize>();
        self.ready_since = (!self.ready.is_empty()).then_some(now);
        Batch { items, failures: 0 }
    }

    /// Takes out the records that are not in flight and that `wanted` names; they are no longer held.
    pub(super) fn withdraw(&mut self, wanted: impl Fn(&Item) -> bool) -> Vec<Item> {
        let mut taken: Vec<Item> = Vec::new();
        let (gone, ready): (Vec<_>, Vec<_>) = std::mem::take(&mut self.ready).into_iter().partition(&wanted);
        self.ready = ready.into();
        taken.extend(gone);
        for (at, mut batch) in std::mem::take(&mut self.later) {
            let (gone, kept) = batch.items.into_iter().partition(&wanted);
            batch.items = kept;
            taken.extend::<Vec<Item>>(gone);
            if !batch.items.is_empty() {
                self.later.insert(at, batch);
            }
        }
        self.ready_bytes = self.ready.iter().map(|item| item.event.body.len()).sum();
        for item in &taken {
            self.ended(item);
        }
        taken
    }

    /// Makes everything that waits to be sent again due at once: the provider works again, or the host ends.
    pub(super) fn hasten(&mut self, now: Instant) {
        for (number, (_, batch)) in std::mem::take(&mut self.later).into_iter().enumerate() {
            // Numbers start anew: order among them is kept.
            self.later.insert((now, u64::try_from(number).unwrap_or(u64::MAX)), batch);
        }
        self.later_number = u64::try_from(self.later.len()).unwrap_or(u64::MAX);
    }
}

#[cfg(test)]
mod tests;
