//! Chooses what leaves one shard when the store is full: S3-FIFO, with lazily deleted tickets.
//!
//! New entries wait in a small queue. One that was hit there moves to the main queue, any other leaves and
//! is remembered as a ghost; if it comes back while remembered, it goes to the main queue at once. So one
//! pass over many keys pushes out only what nobody read twice. (Yang et al., "FIFO queues are all you need
//! for cache eviction", SOSP 2023.)
//!
//! The small queue is one over all shards without being shared: a ticket is due once the *store* has
//! admitted `small_bytes` more since. Otherwise one large value would drain the few entries of its shard.

use std::collections::VecDeque;

use crate::store::table::{Entry, Table};

/// Hits are counted to 3, as in the paper: enough to rank, and they fit the bits the byte clock leaves free.
const HITS_MAX: u64 = 3;
const HITS_MASK: u64 = 0b11;

/// Stale tickets kept beside the live ones before the queues are swept.
const STALE_MIN: usize = 64;

/// The place of an entry in a queue. It names the entry by hash and byte clock, not by address, so that
/// removing an entry need not search the queue.
#[derive(Debug, Clone, Copy)]
struct Ticket {
    hash: u64,
    stamp: u64,
}

impl Ticket {
    fn find(&self, table: &Table) -> Option<usize> {
        table.find(self.hash, |entry| entry.mark & !HITS_MASK == self.stamp)
    }
}

/// Where the byte clock stands, and how long an entry is on probation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressure {
    /// Bytes ever admitted to the store.
    pub(crate) byte_clock: u64,
    /// Size of the small queue of the whole store.
    pub(crate) small_bytes: u64,
}

/// The queues of one shard.
#[derive(Default)]
pub(crate) struct Queues {
    small: VecDeque<Ticket>,
    main: VecDeque<Ticket>,
    stale: usize,
    /// One fingerprint per slot, addressed by hash: older ghosts are forgotten as newer ones hit their slot.
    ghosts: Vec<u32>,
}

/// Counts a hit.
#[inline]
pub(crate) fn touch(entry: &mut Entry) {
    if entry.mark & HITS_MASK < HITS_MAX {
        entry.mark += 1;
    }
}

impl Queues {
    /// Queues a new entry whose `mark` is the byte clock.
    pub(crate) fn admit(&mut self, hash: u64, stamp: u64) {
        let ticket = Ticket { hash, stamp };
        if self.was_ghost(hash) { self.main.push_back(ticket) } else { self.small.push_back(ticket) }
    }

    /// Notes that entries left other than by [`Queues::pick`].
    pub(crate) fn forget(&mut self, table: &Table, entries: usize) {
        self.stale += entries;
        if self.stale > STALE_MIN + table.len() / 2 {
            self.small.retain(|ticket| ticket.find(table).is_some());
            self.main.retain(|ticket| ticket.find(table).is_some());
            self.small.shrink_to(self.small.len() * 2);
            self.main.shrink_to(self.main.len() * 2);
            self.stale = 0;
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the index of the entry that leaves next, its ticket already gone; `None` if all that is here
    /// is on probation. With `anything`, probation does not protect.
    pub(crate) fn pick(&mut self, table: &mut Table, pressure: Pressure, anything: bool) -> Option<usize> {
        loop {
            let is_due = |ticket: &mut Ticket| {
                anything || pressure.byte_clock.saturating_sub(ticket.stamp) > pressure.small_bytes
            };
            if let Some(ticket) = self.small.pop_front_if(is_due) {
                let Some((index, entry)) = self.resolve(ticket, table) else {
                    continue;
                };
                if entry.mark & HITS_MASK == 0 {
                    self.add_ghost(ticket.hash, table.len());
                    return Some(index);
                }
                entry.mark &= !HITS_MASK;
                self.main.push_back(ticket);
            } else {
                let ticket = self.main.pop_front()?;
                let Some((index, entry)) = self.resolve(ticket, table) else {
                    continue;
                };
                if entry.mark & HITS_MASK == 0 {
                    return Some(index);
                }
                entry.mark -= 1;
                self.main.push_back(ticket);
            }
        }
    }

    fn resolve<'t>(&mut self, ticket: Ticket, table: &'t mut Table) -> Option<(usize, &'t mut Entry)> {
        let Some(index) = ticket.find(table) else {
            self.stale = self.stale.saturating_sub(1);
            return None;
        };
        table.get_mut(index).map(|entry| (index, entry))
    }

    fn was_ghost(&mut self, hash: u64) -> bool {
        let slot = slot_of(hash, self.ghosts.len()).and_then(|slot| self.ghosts.get_mut(slot));
        slot.is_some_and(|slot| {
            let found = *slot == fingerprint(hash);
            if found {
                *slot = 0;
            }
            found
        })
    }

    fn add_ghost(&mut self, hash: u64, entries: usize) {
        // As many ghosts as entries, as in the paper. Growth forgets them: it is rare and costs a few misses.
        let wanted = entries.next_power_of_two().max(STALE_MIN);
        if self.ghosts.len() < wanted || self.ghosts.len() > wanted * 4 {
            self.ghosts = vec![0; wanted];
        }
        if let Some(slot) = slot_of(hash, self.ghosts.len()).and_then(|slot| self.ghosts.get_mut(slot)) {
            *slot = fingerprint(hash);
        }
    }
}

/// Bits 8 and up: those below choose the shard.
fn slot_of(hash: u64, slots: usize) -> Option<usize> {
    Some((hash >> 8) as usize & slots.checked_sub(1)?)
}

/// Bits 32 and up; 0 marks an empty slot.
fn fingerprint(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
}
