//! Reclaims expired entries in the background, a bounded stretch of slots a call.
//!
//! A walk over the table needs no memory per deadline, as a timing wheel would, and reads 40 bytes a slot in
//! order. A shard whose earliest deadline is in the future is not walked at all, so a cache without deadlines,
//! or whose deadlines are far off, costs one look per shard.

use crate::store::Store;
use crate::store::shard::Shard;

impl Store {
    /// Removes entries whose deadline is at or before `now_ms` and returns how many it removed.
    ///
    /// Looks at no more than `budget` slots (plus one a shard), and goes on where the last call ended, to the
    /// end of that shard at most: 0 does not mean that nothing is left. Call it again and again, say 100 ms apart. Reads and counts never depend on it: an expired entry is not
    /// returned even if it is still there.
    pub fn reclaim(&self, now_ms: u64, budget: usize) -> usize {
        let mut left = budget;
        let mut removed = 0;
        for _ in 0..self.shards.len() {
            let at = self.sweep_hand.load(std::sync::atomic::Ordering::Relaxed);
            let Some(shard) = self.shards.get(at & (self.shards.len() - 1)) else {
                break;
            };
            let (finished, gone) = shard.lock().sweep(now_ms, &mut left);
            removed += gone;
            if !finished {
                break;
            }
            self.sweep_hand.store(at.wrapping_add(1), std::sync::atomic::Ordering::Relaxed);
        }
        removed
    }
}

impl Shard {
    /// Returns whether the walk came to the end of the shard, and how many entries it removed.
    fn sweep(&mut self, now_ms: u64, budget: &mut usize) -> (bool, usize) {
        if self.timed == 0 {
            (self.earliest_ms, self.sweep) = (u64::MAX, None);
            return (true, 0);
        }
        if self.earliest_ms > now_ms {
            return (true, 0);
        }
        let (from, mut earliest) = self.sweep.unwrap_or((0, u64::MAX));
        let mut index = self.table.position(from);
        let mut removed = 0;
        while index < self.table.slots() && *budget > 0 {
            *budget -= 1;
            match self.table.get(index).and_then(|entry| entry.deadline) {
                Some(deadline) if deadline.get() <= now_ms => {
                    // The next entry may have moved here.
                    self.unlink(index);
                    removed += 1;
                    continue;
                }
                Some(deadline) => earliest = earliest.min(deadline.get()),
                None => {}
            }
            index += 1;
        }
        let finished = index >= self.table.slots();
        let next = (index..self.table.slots()).find_map(|index| self.table.get(index)).map(|entry| entry.hash);
        match next {
            Some(next) if !finished => self.sweep = Some((next, earliest)),
            _ => (self.earliest_ms, self.sweep) = (earliest, None),
        }
        self.settle(removed);
        self.totals.count_expired(removed);
        (finished || next.is_none(), removed)
    }
}
