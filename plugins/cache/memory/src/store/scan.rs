//! Walks over keys: pages of a scan, a random key, and clearing by prefix.
//!
//! The order is that of the shard, then the hash: `hash.rotate_right(SHARD_BITS)`. A cursor is the upper bits of the
//! first position not looked at, as many as every client can carry. As a key never changes its hash, one that is there during the whole scan is passed
//! exactly when the cursor passes its position, whatever is inserted, evicted or grown meanwhile: it is
//! returned exactly once. A key written or removed meanwhile may or may not appear. No state is kept.

use std::sync::atomic::Ordering::Relaxed;

use crate::KeyPage;
use crate::clock::Moment;
use crate::store::locked::Locked;
use crate::store::table::Entry;
use crate::store::{SHARD_BITS, Store};

/// The bits of a position that are not in a cursor, so that one has 53: PHP keeps cursors in signed integers, where 64
/// bits came back as another cursor and its scan never ended, and JavaScript in floats.
const BEYOND_CURSOR: u32 = 64 - f64::MANTISSA_DIGITS;

impl Store {
    pub(super) fn scan_page(
        &self,
        locked: &mut Locked,
        moment: &mut Moment,
        cursor: u64,
        prefix: &[u8],
        count: usize,
    ) -> KeyPage {
        let mut page = KeyPage::default();
        let mut left = count.max(1);
        let mut last = None;
        let start = cursor << BEYOND_CURSOR;
        let first = shard_at(start);
        locked.each(first, |number, shard| {
            let from = if number == first { hash_at(start) } else { 0 };
            for entry in shard.table.walk(from) {
                let position = entry.hash.rotate_right(SHARD_BITS) >> BEYOND_CURSOR;
                // Keys of one position stay on one page: a cursor cannot point between them.
                if left == 0 && last != Some(position) {
                    page.next = position;
                    return false;
                }
                left = left.saturating_sub(1);
                last = Some(position);
                if entry.value.key().starts_with(prefix) && is_live(entry, moment) {
                    page.keys.push(entry.value.key().to_vec());
                }
            }
            true
        });
        page
    }

    pub(super) fn random_key(&self, locked: &mut Locked, moment: &mut Moment) -> Option<Vec<u8>> {
        // The hash of a counter is as random as the seed of the hasher.
        let turn = self.random.fetch_add(1, Relaxed);
        let start = self.hash(&turn.to_ne_bytes()).rotate_right(SHARD_BITS);
        // From the start to the end, then from the beginning.
        for (from, position) in [(shard_at(start), hash_at(start)), (0, 0)] {
            let mut found = None;
            locked.each(from, |number, shard| {
                let hash = if number == from { position } else { 0 };
                found = shard.table.walk(hash).find(|entry| is_live(entry, moment)).map(|entry| entry.value.clone());
                found.is_none()
            });
            if let Some(value) = found {
                return Some(value.key().to_vec());
            }
        }
        None
    }

    pub(super) fn clear_keys(&self, locked: &mut Locked, moment: &mut Moment, prefix: &[u8]) -> usize {
        let mut removed = 0;
        locked.each(0, |_, shard| {
            if prefix.is_empty() {
                removed += shard.clear(moment);
                return true;
            }
            let mut index = 0;
            let mut here = 0;
            while index < shard.table.slots() {
                match shard.table.get(index) {
                    Some(entry) if entry.value.key().starts_with(prefix) => {
                        removed += usize::from(is_live(entry, moment));
                        here += 1;
                        // The next entry may move here.
                        shard.unlink(index);
                    }
                    _ => index += 1,
                }
            }
            shard.settle(here);
            true
        });
        removed
    }
}

fn is_live(entry: &Entry, moment: &mut Moment) -> bool {
    entry.deadline.is_none_or(|deadline| deadline.get() > moment.ms())
}

fn shard_at(position: u64) -> usize {
    (position >> (64 - SHARD_BITS)) as usize
}

/// The low bits hold the shard's number, as in each hash of this shard, so both orders agree.
fn hash_at(position: u64) -> u64 {
    position.rotate_left(SHARD_BITS)
}
