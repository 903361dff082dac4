//! Runs one operation on locked shards: the only executor, for single calls and for groups.

use crate::clock::Moment;
use crate::store::locked::Locked;
use crate::store::write::Write;
use crate::store::{Store, shard_of};
use crate::{Op, Reply, StoreError};

/// The keys an operation touches.
pub(super) enum Keys<'a> {
    One(&'a [u8]),
    Two(&'a [u8], &'a [u8]),
    All,
}

impl<'a> Op<'a> {
    pub(super) fn keys(&self) -> Keys<'a> {
        match *self {
            Op::Get { key }
            | Op::Set { key, .. }
            | Op::Delete { key }
            | Op::Exists { key }
            | Op::Ttl { key }
            | Op::Expire { key, .. }
            | Op::Persist { key }
            | Op::Increment { key, .. }
            | Op::IncrementFloat { key, .. }
            | Op::Append { key, .. }
            | Op::CompareAndDelete { key, .. }
            | Op::CompareAndExpire { key, .. }
            | Op::GetAndDelete { key }
            | Op::GetAndTouch { key, .. }
            | Op::Length { key }
            | Op::GetRange { key, .. }
            | Op::SetRange { key, .. }
            | Op::Version { key } => Keys::One(key),
            Op::Rename { from, to, .. } | Op::Copy { from, to, .. } => Keys::Two(from, to),
            Op::RandomKey | Op::Scan { .. } | Op::ClearPrefix { .. } | Op::Clear => Keys::All,
        }
    }
}

impl Store {
    /// Runs one operation, atomically for its keys. Never waits but for the lock of a shard.
    ///
    /// # Errors
    ///
    /// As Redis refuses the command; the store is then unchanged.
    pub fn run(&self, op: Op) -> Result<Reply, StoreError> {
        let mut locked = match op.keys() {
            Keys::One(key) => return self.run_on_one(op, key),
            Keys::Two(from, to) => Locked::many(&self.shards, vec![shard_of(self.hash(from)), shard_of(self.hash(to))]),
            Keys::All => Locked::EachInTurn(&self.shards),
        };
        let reply = self.execute(op, &mut locked, &mut self.moment());
        drop(locked);
        self.trim();
        reply
    }

    fn run_on_one(&self, op: Op, key: &[u8]) -> Result<Reply, StoreError> {
        self.limits.check_key(key)?;
        let hash = self.hash(key);
        let reply = self.shard(hash).lock().execute(op, hash, key, &mut self.moment());
        self.trim();
        reply
    }

    pub(super) fn execute(&self, op: Op, locked: &mut Locked, moment: &mut Moment) -> Result<Reply, StoreError> {
        match op {
            Op::Rename { from, to, existing } => self.rename(locked, moment, from, to, existing),
            Op::Copy { from, to, existing } => self.copy(locked, moment, from, to, existing),
            Op::RandomKey => Ok(Reply::Key(self.random_key(locked, moment))),
            Op::Scan { cursor, prefix, count } => {
                Ok(Reply::Keys(self.scan_page(locked, moment, cursor, prefix, count)))
            }
            Op::ClearPrefix { prefix } => Ok(Reply::Count(self.clear_keys(locked, moment, prefix))),
            Op::Clear => Ok(Reply::Count(self.clear_keys(locked, moment, b""))),
            _ => match op.keys() {
                Keys::One(key) => {
                    self.limits.check_key(key)?;
                    let hash = self.hash(key);
                    locked.with(hash, |shard| shard.execute(op, hash, key, moment))
                }
                // Listed above one by one.
                Keys::Two(..) | Keys::All => Ok(Reply::Changed(false)),
            },
        }
    }
}

impl super::shard::Shard {
    /// Runs an operation on one key of this shard.
    fn execute(&mut self, op: Op, hash: u64, key: &[u8], moment: &mut Moment) -> Result<Reply, StoreError> {
        let mut write = Write { shard: self, hash, key, moment };
        match op {
            Op::Get { .. } => Ok(Reply::Value(write.value())),
            Op::Set { value, expiry, condition, old, .. } => write.set(value, expiry, condition, old),
            Op::Delete { .. } => Ok(Reply::Changed(write.take().is_some())),
            Op::Exists { .. } => Ok(Reply::Changed(write.find().is_some())),
            Op::Ttl { .. } => Ok(Reply::Ttl(write.ttl())),
            Op::Expire { deadline, condition, .. } => write.expire(deadline, condition).map(Reply::Changed),
            Op::Persist { .. } => Ok(Reply::Changed(write.persist())),
            Op::Increment { by, initial, .. } => write.increment(by, initial).map(Reply::Integer),
            Op::IncrementFloat { by, initial, .. } => {
                write.increment_float(by, initial).map(|text| Reply::Value(Some(text)))
            }
            Op::Append { bytes, .. } => write.append(bytes).map(Reply::Length),
            Op::CompareAndDelete { expected, .. } => {
                Ok(Reply::Changed(write.equals(expected) && write.take().is_some()))
            }
            Op::CompareAndExpire { expected, deadline, .. } => match write.equals(expected) {
                true => write.expire(deadline, Default::default()).map(Reply::Changed),
                false => Ok(Reply::Changed(false)),
            },
            Op::GetAndDelete { .. } => Ok(Reply::Value(write.take())),
            Op::GetAndTouch { touch, .. } => write.get_and_touch(touch).map(Reply::Value),
            Op::Length { .. } => Ok(Reply::Length(write.value().map_or(0, |value| value.len()))),
            Op::GetRange { start, end, .. } => Ok(Reply::Value(Some(write.range(start, end)))),
            Op::SetRange { offset, bytes, .. } => write.set_range(offset, bytes).map(Reply::Length),
            Op::Version { .. } => Ok(Reply::Token(write.shard.token(hash, key, write.moment))),
            // Not of one key: `Op::keys` sends these to `Store::execute`.
            Op::Rename { .. }
            | Op::Copy { .. }
            | Op::RandomKey
            | Op::Scan { .. }
            | Op::ClearPrefix { .. }
            | Op::Clear => Ok(Reply::Changed(false)),
        }
    }
}
