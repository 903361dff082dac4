//! Reads and writes one key under the lock of its shard.

use std::num::NonZeroU64;

use crate::clock::Moment;
use crate::number;
use crate::store::deadline;
use crate::store::shard::Shard;
use crate::store::table::Entry;
use crate::{Condition, Deadline, Expiry, Old, Reply, StoreError, Value};

/// One key of a locked shard, at one moment.
pub(super) struct Write<'a, 'm> {
    pub(super) shard: &'a mut Shard,
    pub(super) hash: u64,
    pub(super) key: &'a [u8],
    pub(super) moment: &'a mut Moment<'m>,
}

impl Write<'_, '_> {
    pub(super) fn find(&mut self) -> Option<&mut Entry> {
        self.shard.live(self.hash, self.key, self.moment)
    }

    pub(super) fn index(&mut self) -> Option<usize> {
        self.shard.live_index(self.hash, self.key, self.moment)
    }

    pub(super) fn value(&mut self) -> Option<Value> {
        self.find().map(|entry| entry.value.clone())
    }

    pub(super) fn equals(&mut self, expected: &[u8]) -> bool {
        self.find().is_some_and(|entry| *entry.value == *expected)
    }

    /// Removes the key and returns its value.
    pub(super) fn take(&mut self) -> Option<Value> {
        let index = self.index()?;
        self.shard.remove_index(index)
    }

    /// Stores the parts as the value; a deadline that has come removes the key instead.
    pub(super) fn put<const N: usize>(
        &mut self,
        parts: [&[u8]; N],
        deadline: Option<NonZeroU64>,
    ) -> Result<Value, StoreError> {
        let bytes = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.len()));
        self.shard.limits.check_value(self.key, bytes.unwrap_or(usize::MAX))?;
        let value = Value::build(self.key, parts);
        if deadline.is_some_and(|deadline| deadline.get() <= self.moment.ms()) {
            self.take();
        } else {
            self.shard.put(self.hash, value.clone(), deadline);
        }
        Ok(value)
    }

    pub(super) fn set(
        &mut self,
        value: &[u8],
        expiry: Expiry,
        condition: Condition,
        old: Old,
    ) -> Result<Reply, StoreError> {
        let found = match (condition, expiry, old) {
            // Nothing about the former entry matters: one probe less.
            (Condition::Always, Expiry::None | Expiry::In(_) | Expiry::At(_), Old::Drop) => None,
            _ => self.find().map(|entry| (entry.value.clone(), entry.deadline)),
        };
        let (found, former) = found.map_or((None, None), |(value, deadline)| (Some(value), deadline));
        let holds = match condition {
            Condition::Always => true,
            Condition::IfAbsent => found.is_none(),
            Condition::IfPresent => found.is_some(),
            Condition::IfEquals(expected) => found.as_deref() == Some(expected),
        };
        // Checked also if nothing is stored, as Redis parses its arguments before it looks at the key.
        let deadline = match expiry {
            Expiry::None => None,
            Expiry::Keep => former,
            Expiry::In(ms) => deadline::lifetime(Deadline::In(ms), self.moment)?,
            Expiry::At(at) => deadline::lifetime(Deadline::At(at), self.moment)?,
        };
        self.shard.limits.check_value(self.key, value.len())?;
        if holds {
            self.put([value], deadline)?;
        }
        Ok(Reply::Written { stored: holds, old: found.filter(|_| old == Old::Return) })
    }

    pub(super) fn increment(&mut self, by: i64, initial: Option<Deadline>) -> Result<i64, StoreError> {
        let (sum, deadline) = match self.find() {
            Some(entry) => {
                let number = number::parse_integer(&entry.value).ok_or(StoreError::NotAnInteger)?;
                (number.checked_add(by).ok_or(StoreError::IntegerOverflow)?, entry.deadline)
            }
            None => (by, deadline::initial(initial, self.moment)?),
        };
        self.put([itoa::Buffer::new().format(sum).as_bytes()], deadline)?;
        Ok(sum)
    }

    pub(super) fn increment_float(&mut self, by: f64, initial: Option<Deadline>) -> Result<Value, StoreError> {
        let (sum, deadline) = match self.find() {
            Some(entry) => (number::add_decimal(&entry.value, by)?, entry.deadline),
            None => (number::add_decimal(b"0", by)?, deadline::initial(initial, self.moment)?),
        };
        self.put([sum.as_bytes()], deadline)
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<usize, StoreError> {
        let (former, deadline) = match self.find() {
            Some(entry) => (entry.value.clone(), entry.deadline),
            None => return self.put([bytes], None).map(|value| value.len()),
        };
        self.put([&former, bytes], deadline).map(|value| value.len())
    }
}
