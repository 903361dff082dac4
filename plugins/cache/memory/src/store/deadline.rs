//! Turns lifetimes into deadlines, and reads and changes the deadline of one key.

use std::num::NonZeroU64;

use crate::clock::Moment;
use crate::store::write::Write;
use crate::{Deadline, ExpiryCondition, StoreError, Touch, Ttl, Value};

/// Redis keeps deadlines as signed milliseconds and refuses what does not fit.
const DEADLINE_MS_MAX: u64 = i64::MAX as u64;

/// Returns the unix time a deadline names. One at the very epoch is in the past as well as at 1.
pub(super) fn resolve(deadline: Deadline, moment: &mut Moment) -> Result<NonZeroU64, StoreError> {
    let at = match deadline {
        Deadline::At(at) => Some(at),
        Deadline::In(ms) => moment.ms().checked_add(ms),
    };
    let at = at.filter(|at| *at <= DEADLINE_MS_MAX).ok_or(StoreError::InvalidExpiry)?;
    Ok(NonZeroU64::new(at).unwrap_or(NonZeroU64::MIN))
}

/// Returns the deadline of a value that is being written, which must live for some time.
pub(super) fn lifetime(deadline: Deadline, moment: &mut Moment) -> Result<Option<NonZeroU64>, StoreError> {
    match deadline {
        // `SET k v EX 0` and `PXAT 0` are refused; a PXAT in the past is not.
        Deadline::In(0) | Deadline::At(0) => Err(StoreError::InvalidExpiry),
        deadline => resolve(deadline, moment).map(Some),
    }
}

/// Returns the deadline of a counter that is being created.
pub(super) fn initial(deadline: Option<Deadline>, moment: &mut Moment) -> Result<Option<NonZeroU64>, StoreError> {
    deadline.map_or(Ok(None), |deadline| lifetime(deadline, moment))
}

impl Write<'_, '_> {
    pub(super) fn ttl(&mut self) -> Ttl {
        match self.find().map(|entry| entry.deadline) {
            None => Ttl::Missing,
            Some(None) => Ttl::Persistent,
            // Positive: `find` compared it with the same moment.
            Some(Some(deadline)) => Ttl::In(deadline.get() - self.moment.ms()),
        }
    }

    pub(super) fn expire(&mut self, deadline: Deadline, condition: ExpiryCondition) -> Result<bool, StoreError> {
        let new = resolve(deadline, self.moment)?;
        let Some(index) = self.index() else {
            return Ok(false);
        };
        let old = self.shard.table.get(index).and_then(|entry| entry.deadline);
        let holds = match condition {
            ExpiryCondition::Always => true,
            ExpiryCondition::IfNone => old.is_none(),
            ExpiryCondition::IfSome => old.is_some(),
            ExpiryCondition::IfLater => old.is_some_and(|old| new > old),
            ExpiryCondition::IfEarlier => old.is_none_or(|old| new < old),
        };
        if holds {
            self.end_at(index, new);
        }
        Ok(holds)
    }

    pub(super) fn persist(&mut self) -> bool {
        let Some(index) = self.index() else {
            return false;
        };
        let had = self.shard.table.get(index).is_some_and(|entry| entry.deadline.is_some());
        if had {
            self.shard.set_deadline(index, None);
        }
        had
    }

    pub(super) fn get_and_touch(&mut self, touch: Touch) -> Result<Option<Value>, StoreError> {
        // A missing key is nil even with a lifetime of 0.
        let Some(value) = self.value() else {
            return Ok(None);
        };
        let new = match touch {
            Touch::Persist => None,
            Touch::Until(deadline) => lifetime(deadline, self.moment)?,
        };
        match (new, self.index()) {
            (Some(new), Some(index)) => self.end_at(index, new),
            _ => {
                self.persist();
            }
        }
        Ok(Some(value))
    }

    fn end_at(&mut self, index: usize, deadline: NonZeroU64) {
        if deadline.get() <= self.moment.ms() {
            self.shard.remove_index(index);
        } else {
            self.shard.set_deadline(index, Some(deadline));
        }
    }
}
