//! Moves and duplicates entries with their deadlines.

use crate::clock::Moment;
use crate::store::Store;
use crate::store::locked::Locked;
use crate::{Existing, Reply, StoreError, Value};

impl Store {
    pub(super) fn rename(
        &self,
        locked: &mut Locked,
        moment: &mut Moment,
        from: &[u8],
        to: &[u8],
        existing: Existing,
    ) -> Result<Reply, StoreError> {
        self.limits.check_key(from)?;
        let source = self.hash(from);
        if locked.with(source, |shard| shard.live_index(source, from, moment)).is_none() {
            return Err(StoreError::NoSuchKey);
        }
        if from == to {
            return Ok(Reply::Changed(existing == Existing::Replace));
        }
        let moved = self.duplicate(locked, moment, from, to, existing)?;
        if moved {
            locked.with(source, |shard| {
                shard.live_index(source, from, moment).and_then(|index| shard.remove_index(index))
            });
        }
        Ok(Reply::Changed(moved))
    }

    pub(super) fn copy(
        &self,
        locked: &mut Locked,
        moment: &mut Moment,
        from: &[u8],
        to: &[u8],
        existing: Existing,
    ) -> Result<Reply, StoreError> {
        if from == to {
            return Err(StoreError::SameKey);
        }
        self.limits.check_key(from)?;
        self.duplicate(locked, moment, from, to, existing).map(Reply::Changed)
    }

    fn duplicate(
        &self,
        locked: &mut Locked,
        moment: &mut Moment,
        from: &[u8],
        to: &[u8],
        existing: Existing,
    ) -> Result<bool, StoreError> {
        self.limits.check_key(to)?;
        let (source, target) = (self.hash(from), self.hash(to));
        let found = locked
            .with(source, |shard| shard.live(source, from, moment).map(|entry| (entry.value.clone(), entry.deadline)));
        let Some((value, deadline)) = found else {
            return Ok(false);
        };
        // The bound depends on the length of the key.
        self.limits.check_value(to, value.len())?;
        Ok(locked.with(target, |shard| {
            let free = existing == Existing::Replace || shard.live_index(target, to, moment).is_none();
            if free {
                shard.put(target, Value::build(to, [&value]), deadline);
            }
            free
        }))
    }
}
