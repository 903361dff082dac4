//! Holds one shard: its entries, their order of eviction, their deadlines and their bytes.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::clock::Moment;
use crate::limit::{Limits, charge};
use crate::store::evict::{Pressure, Queues, touch};
use crate::store::table::{Entry, Table};
use crate::store::totals::Totals;
use crate::{Token, Value};

/// One shard, behind a lock.
pub(crate) struct Shard {
    pub(crate) table: Table,
    pub(crate) limits: Limits,
    pub(crate) totals: Arc<Totals>,
    /// Bytes charged for the entries of this shard.
    pub(crate) bytes: usize,
    /// Entries that have a deadline.
    pub(crate) timed: usize,
    /// No deadline here is before this one (expire.rs).
    pub(crate) earliest_ms: u64,
    /// Where the sweep of deadlines goes on, and the earliest it has met.
    pub(crate) sweep: Option<(u64, u64)>,
    queues: Queues,
    version: u64,
}

impl Shard {
    pub(crate) fn new(limits: Limits, totals: Arc<Totals>) -> Self {
        Self {
            table: Table::new(),
            limits,
            totals,
            bytes: 0,
            timed: 0,
            earliest_ms: u64::MAX,
            sweep: None,
            queues: Queues::default(),
            version: 0,
        }
    }

    /// Finds a key that has not expired, and counts the hit. An expired one is removed on the way.
    #[inline]
    pub(crate) fn live(&mut self, hash: u64, key: &[u8], moment: &mut Moment) -> Option<&mut Entry> {
        let index = self.live_index(hash, key, moment)?;
        let entry = self.table.get_mut(index)?;
        touch(entry);
        Some(entry)
    }

    #[inline]
    pub(crate) fn live_index(&mut self, hash: u64, key: &[u8], moment: &mut Moment) -> Option<usize> {
        let index = self.table.find(hash, |entry| entry.value.key() == key)?;
        if let Some(deadline) = self.table.get(index)?.deadline
            && deadline.get() <= moment.ms()
        {
            self.remove_index(index);
            self.totals.count_expired(1);
            return None;
        }
        Some(index)
    }

    pub(crate) fn token(&mut self, hash: u64, key: &[u8], moment: &mut Moment) -> Token {
        self.live(hash, key, moment).map_or(Token::Missing, |entry| Token::Written(entry.version))
    }

    /// Stores a value under its own key, over the former one if there is any.
    pub(crate) fn put(&mut self, hash: u64, value: Value, deadline: Option<NonZeroU64>) {
        self.version += 1;
        let version = self.version;
        self.note_deadline(deadline);
        let added = charge(value.key().len(), value.len());
        match self.table.find(hash, |entry| entry.value.key() == value.key()) {
            Some(index) => {
                let Some(entry) = self.table.get_mut(index) else {
                    return;
                };
                let removed = charge(entry.value.key().len(), entry.value.len());
                self.timed -= usize::from(entry.deadline.is_some());
                touch(entry);
                entry.value = value;
                entry.deadline = deadline;
                entry.version = version;
                self.bytes = self.bytes + added - removed;
                self.totals.resize(removed, added);
            }
            None => {
                let mark = self.totals.admit(added);
                self.bytes += added;
                self.table.insert(Entry { hash, value, deadline, version, mark });
                self.queues.admit(hash, mark);
            }
        }
    }

    /// Gives an entry a new deadline or none.
    pub(crate) fn set_deadline(&mut self, index: usize, deadline: Option<NonZeroU64>) {
        self.version += 1;
        let version = self.version;
        let Some(entry) = self.table.get_mut(index) else {
            return;
        };
        self.timed -= usize::from(entry.deadline.is_some());
        entry.deadline = deadline;
        entry.version = version;
        self.note_deadline(deadline);
    }

    fn note_deadline(&mut self, deadline: Option<NonZeroU64>) {
        if let Some(deadline) = deadline {
            self.timed += 1;
            self.earliest_ms = self.earliest_ms.min(deadline.get());
            if let Some((_, earliest)) = &mut self.sweep {
                *earliest = (*earliest).min(deadline.get());
            }
        }
    }

    /// Removes one entry and returns its value.
    pub(crate) fn remove_index(&mut self, index: usize) -> Option<Value> {
        let value = self.unlink(index)?;
        self.queues.forget(&self.table, 1);
        self.table.shrink();
        Some(value)
    }

    /// Removes one entry within a walk: indexes after it stay good, but its ticket is not accounted for.
    /// The walk ends with [`Shard::settle`].
    pub(crate) fn unlink(&mut self, index: usize) -> Option<Value> {
        let entry = self.table.remove(index)?;
        let removed = charge(entry.value.key().len(), entry.value.len());
        self.timed -= usize::from(entry.deadline.is_some());
        self.bytes -= removed;
        self.totals.leave(removed);
        Some(entry.value)
    }

    /// Accounts for the tickets of entries that [`Shard::unlink`] removed.
    pub(crate) fn settle(&mut self, removed: usize) {
        self.queues.forget(&self.table, removed);
        self.table.shrink();
    }

    /// Removes every entry and returns how many had not expired.
    pub(crate) fn clear(&mut self, moment: &mut Moment) -> usize {
        let expired = match self.timed {
            0 => 0,
            _ => {
                let now = moment.ms();
                let past = |entry: &&Entry| entry.deadline.is_some_and(|deadline| deadline.get() <= now);
                self.table.walk(0).filter(past).count()
            }
        };
        let removed = self.table.len();
        self.totals.leave_all(self.bytes, removed);
        self.totals.count_expired(expired);
        self.table = Table::new();
        self.queues.clear();
        (self.bytes, self.timed, self.earliest_ms, self.sweep) = (0, 0, u64::MAX, None);
        removed - expired
    }

    /// Evicts one entry and returns it, to be freed after the lock.
    pub(crate) fn evict(&mut self, pressure: Pressure, anything: bool) -> Option<Value> {
        let index = self.queues.pick(&mut self.table, pressure, anything)?;
        let value = self.unlink(index)?;
        self.table.shrink();
        self.totals.count_evicted();
        Some(value)
    }
}
