//! Keeps the entries of one shard sorted by hash in one array, so that a walk needs no more state than a hash.
//!
//! Linear probing with ordered insertion (Robin Hood): an entry lies at or after the slot its hash names, in
//! ascending order of hash, with no empty slot between. A lookup touches one or two neighbouring cache lines
//! and ends at the first greater hash; growth copies front to back and preserves the order. Therefore a scan
//! position is a hash, valid whatever was inserted, removed or grown in between.

use std::num::NonZeroU64;

use crate::Value;

/// Slots of the smallest table: one page or so.
const SLOTS_MIN_LOG2: u32 = 6;
/// Room behind the last home, and what it grows by: at four fifths full a run is rarely longer. Left to itself the vector
/// would double for the one entry that falls off, which took a fifth more memory than the store's bound.
const OVERHANG: usize = 32;

/// One stored entry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) hash: u64,
    pub(crate) value: Value,
    /// Unix milliseconds.
    pub(crate) deadline: Option<NonZeroU64>,
    /// Number of the write that made this state, within the shard.
    pub(crate) version: u64,
    /// The byte clock at insertion, with the hit count in the low bits (evict.rs).
    pub(crate) mark: u64,
}

/// The sorted array.
pub(crate) struct Table {
    slots: Vec<Option<Entry>>,
    entries: usize,
    /// The home of a hash is its highest `64 - shift` bits.
    shift: u32,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::with_log2(SLOTS_MIN_LOG2)
    }

    fn with_log2(log2: u32) -> Self {
        Self { slots: empty_slots(1 << log2), entries: 0, shift: 64 - log2 }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    fn home(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    fn homes(&self) -> usize {
        1 << (64 - self.shift)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Entry> {
        self.slots.get(index)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.slots.get_mut(index)?.as_mut()
    }

    /// Finds the entry of this hash for which `same` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u64, same: impl Fn(&Entry) -> bool) -> Option<usize> {
        let home = self.home(hash);
        for (offset, slot) in self.slots.get(home..)?.iter().enumerate() {
            match slot {
                Some(entry) if entry.hash < hash => {}
                Some(entry) if entry.hash == hash => {
                    if same(entry) {
                        return Some(home + offset);
                    }
                }
                _ => return None,
            }
        }
        None
    }

    /// Returns the first index from which on no hash is below `hash`.
    pub(crate) fn position(&self, hash: u64) -> usize {
        let home = self.home(hash);
        let tail = self.slots.get(home..).unwrap_or_default();
        let lower = tail.iter().take_while(|slot| slot.as_ref().is_some_and(|entry| entry.hash < hash));
        home + lower.count()
    }

    /// Walks the entries from this hash on, in order.
    pub(crate) fn walk(&self, from: u64) -> impl Iterator<Item = &Entry> {
        self.slots.get(self.position(from)..).unwrap_or_default().iter().flatten()
    }

    /// Returns how many slots there are; indexes are below it until the next insertion.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Adds an entry whose key is not in the table.
    pub(crate) fn insert(&mut self, entry: Entry) {
        // Four fifths full: a hit then looks at 3 slots on average, an insertion moves about a dozen.
        if (self.entries + 1) * 5 > self.homes() * 4 {
            self.resize(64 - self.shift + 1);
        }
        let at = self.position(entry.hash);
        let mut moving = Some(entry);
        for slot in self.slots.get_mut(at..).unwrap_or_default() {
            std::mem::swap(slot, &mut moving);
            if moving.is_none() {
                break;
            }
        }
        // The array ends in a run that began below its last home: it grows by the one that fell off.
        if moving.is_some() {
            self.hang_over(moving);
        }
        self.entries += 1;
    }

    fn hang_over(&mut self, entry: Option<Entry>) {
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(OVERHANG);
        }
        self.slots.push(entry);
    }

    /// Removes the entry at an index. Those displaced behind it move up by one, so the next one may be there now.
    pub(crate) fn remove(&mut self, index: usize) -> Option<Entry> {
        let removed = self.slots.get_mut(index)?.take()?;
        self.entries -= 1;
        let shift = self.shift;
        let mut hole = index;
        loop {
            match self.slots.get(hole + 1) {
                Some(Some(next)) if (next.hash >> shift) as usize <= hole => self.slots.swap(hole, hole + 1),
                _ => return Some(removed),
            }
            hole += 1;
        }
    }

    /// Gives memory back when less than an eighth is in use. Indexes change.
    pub(crate) fn shrink(&mut self) {
        let log2 = 64 - self.shift;
        if log2 > SLOTS_MIN_LOG2 && self.entries * 8 < self.homes() {
            let wanted = (self.entries * 2).next_power_of_two().trailing_zeros();
            self.resize(wanted.max(SLOTS_MIN_LOG2));
        }
    }

    fn resize(&mut self, log2: u32) {
        let old = std::mem::replace(self, Self::with_log2(log2));
        let mut next = 0;
        for entry in old.slots.into_iter().flatten() {
            next = self.home(entry.hash).max(next);
            match self.slots.get_mut(next) {
                Some(slot) => *slot = Some(entry),
                None => self.hang_over(Some(entry)),
            }
            next += 1;
            self.entries += 1;
        }
    }
}

fn empty_slots(count: usize) -> Vec<Option<Entry>> {
    let mut slots = Vec::with_capacity(count + OVERHANG);
    slots.resize_with(count, || None);
    slots
}

#[cfg(test)]
mod tests;
