//! The operations of a cache.

use std::time::Duration;

/// When an entry ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expiry {
    /// Never by time. On a write this removes a former deadline, as Redis' SET does.
    #[default]
    Never,
    /// As before: the entry's present deadline stays.
    Keep,
    /// This long after the provider runs the operation. Millisecond grain; zero ends the entry at once.
    In(Duration),
    /// At this unix time. A time in the past ends the entry at once.
    At {
        /// Unix milliseconds.
        unix_ms: u64,
    },
}

/// Whether a write applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    /// Always.
    #[default]
    Always,
    /// Only where the key has no value.
    IfAbsent,
    /// Only where the key has a value.
    IfPresent,
}

/// Whether a new deadline applies. A key without deadline counts as infinitely far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpireCondition {
    /// Always.
    #[default]
    Always,
    /// Only where the key has no deadline.
    IfPersistent,
    /// Only where the key has a deadline.
    IfExpiring,
    /// Only where the new deadline is later.
    IfLater,
    /// Only where the new deadline is earlier.
    IfEarlier,
}

/// One operation. `B` holds bytes: `&[u8]` on the ready path, `Bytes` in an async body.
///
/// Each variant says which [`Reply`](super::Reply) answers it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "field names say what they are; each variant's text says the rest")]
#[non_exhaustive]
pub enum Op<B> {
    /// Reads a value. `Value` or `Missing`.
    Get { key: B },
    /// Writes a value. `Stored` or `NotStored`, with the former value where `return_old` asks for it.
    Set { key: B, value: B, expiry: Expiry, condition: Condition, return_old: bool },
    /// Deletes. `Yes` where the key had a value.
    Delete { key: B },
    /// `Yes` where the key has a value.
    Exists { key: B },
    /// `Missing`, `Persistent` or `Ttl`.
    Ttl { key: B },
    /// Sets a deadline (`In` or `At`). `Yes` where it applied; a deadline not in the future deletes.
    Expire { key: B, expiry: Expiry, condition: ExpireCondition },
    /// Removes the deadline. `Yes` where there was one.
    Persist { key: B },
    /// Adds to a decimal integer, from 0 where missing. `Integer`. `expiry` applies only to a key this creates
    /// (an existing deadline stays). Errors `invalid` where the value is no integer or the sum overflows.
    Increment { key: B, by: i64, expiry: Expiry },
    /// Adds to a decimal number, from 0 where missing; keeps the deadline. `Value` with the new text.
    IncrementFloat { key: B, by: f64 },
    /// Appends, creating where missing; keeps the deadline. `Integer`: the new length.
    Append { key: B, value: B },
    /// Writes where the present value equals `expected`. `Yes` where it did.
    CompareAndSet { key: B, expected: B, value: B, expiry: Expiry },
    /// Deletes where the present value equals `expected`. `Yes` where it did.
    CompareAndDelete { key: B, expected: B },
    /// Sets a deadline where the present value equals `expected`. `Yes` where it did.
    CompareAndExpire { key: B, expected: B, expiry: Expiry },
    /// Reads and deletes. `Value` or `Missing`.
    GetAndDelete { key: B },
    /// Reads and sets the deadline (`Never` removes it, `Keep` leaves it). `Value` or `Missing`.
    GetAndTouch { key: B, expiry: Expiry },
    /// `Integer`: the value's length, 0 where missing.
    Length { key: B },
    /// `Value`: the bytes from `start` to `end` inclusive, negatives from the end; empty where none.
    GetRange { key: B, start: i64, end: i64 },
    /// Overwrites at `offset`, zero-padding; keeps the deadline. `Integer`: the new length.
    SetRange { key: B, offset: u64, value: B },
    /// Renames. `Yes`; `No` where `if_absent` and the target exists; `Missing` where the source is missing.
    Rename { key: B, to: B, if_absent: bool },
    /// Copies with its deadline. `Yes`; `No` where the source is missing, or the target exists and not `replace`.
    Copy { key: B, to: B, replace: bool },
    /// `Value` (a key) or `Missing` where the cache is empty.
    RandomKey,
    /// `Value`: a token of the key's present state, for [`Watched`](super::Watched).
    Token { key: B },
}

/// The number of an operation in the frozen layer, which is also its capability bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "one for each variant of Op")]
#[repr(u16)]
pub enum OpCode {
    Get = 1,
    Set = 2,
    Delete = 3,
    Exists = 4,
    Ttl = 5,
    Expire = 6,
    Persist = 7,
    Increment = 8,
    IncrementFloat = 9,
    Append = 10,
    CompareAndSet = 11,
    CompareAndDelete = 12,
    CompareAndExpire = 13,
    GetAndDelete = 14,
    GetAndTouch = 15,
    Length = 16,
    GetRange = 17,
    SetRange = 18,
    Rename = 19,
    Copy = 20,
    RandomKey = 21,
    Token = 22,
}

impl<B> Op<B> {
    /// Returns the operation's number.
    pub const fn code(&self) -> OpCode {
        match self {
            Self::Get { .. } => OpCode::Get,
            Self::Set { .. } => OpCode::Set,
            Self::Delete { .. } => OpCode::Delete,
            Self::Exists { .. } => OpCode::Exists,
            Self::Ttl { .. } => OpCode::Ttl,
            Self::Expire { .. } => OpCode::Expire,
            Self::Persist { .. } => OpCode::Persist,
            Self::Increment { .. } => OpCode::Increment,
            Self::IncrementFloat { .. } => OpCode::IncrementFloat,
            Self::Append { .. } => OpCode::Append,
            Self::CompareAndSet { .. } => OpCode::CompareAndSet,
            Self::CompareAndDelete { .. } => OpCode::CompareAndDelete,
            Self::CompareAndExpire { .. } => OpCode::CompareAndExpire,
            Self::GetAndDelete { .. } => OpCode::GetAndDelete,
            Self::GetAndTouch { .. } => OpCode::GetAndTouch,
            Self::Length { .. } => OpCode::Length,
            Self::GetRange { .. } => OpCode::GetRange,
            Self::SetRange { .. } => OpCode::SetRange,
            Self::Rename { .. } => OpCode::Rename,
            Self::Copy { .. } => OpCode::Copy,
            Self::RandomKey => OpCode::RandomKey,
            Self::Token { .. } => OpCode::Token,
        }
    }
}

impl<B> Op<B> {
    /// Returns the same operation over other bytes, such as owned ones.
    pub fn map<C>(&self, mut f: impl FnMut(&B) -> C) -> Op<C> {
        match self {
            Self::Get { key } => Op::Get { key: f(key) },
            Self::Set { key, value, expiry, condition, return_old } => Op::Set {
                key: f(key),
                value: f(value),
                expiry: *expiry,
                condition: *condition,
                return_old: *return_old,
            },
            Self::Delete { key } => Op::Delete { key: f(key) },
            Self::Exists { key } => Op::Exists { key: f(key) },
            Self::Ttl { key } => Op::Ttl { key: f(key) },
            Self::Expire { key, expiry, condition } => {
                Op::Expire { key: f(key), expiry: *expiry, condition: *condition }
            }
            Self::Persist { key } => Op::Persist { key: f(key) },
            Self::Increment { key, by, expiry } => Op::Increment { key: f(key), by: *by, expiry: *expiry },
            Self::IncrementFloat { key, by } => Op::IncrementFloat { key: f(key), by: *by },
            Self::Append { key, value } => Op::Append { key: f(key), value: f(value) },
            Self::CompareAndSet { key, expected, value, expiry } => {
                Op::CompareAndSet { key: f(key), expected: f(expected), value: f(value), expiry: *expiry }
            }
            Self::CompareAndDelete { key, expected } => Op::CompareAndDelete { key: f(key), expected: f(expected) },
            Self::CompareAndExpire { key, expected, expiry } => {
                Op::CompareAndExpire { key: f(key), expected: f(expected), expiry: *expiry }
            }
            Self::GetAndDelete { key } => Op::GetAndDelete { key: f(key) },
            Self::GetAndTouch { key, expiry } => Op::GetAndTouch { key: f(key), expiry: *expiry },
            Self::Length { key } => Op::Length { key: f(key) },
            Self::GetRange { key, start, end } => Op::GetRange { key: f(key), start: *start, end: *end },
            Self::SetRange { key, offset, value } => Op::SetRange { key: f(key), offset: *offset, value: f(value) },
            Self::Rename { key, to, if_absent } => Op::Rename { key: f(key), to: f(to), if_absent: *if_absent },
            Self::Copy { key, to, replace } => Op::Copy { key: f(key), to: f(to), replace: *replace },
            Self::RandomKey => Op::RandomKey,
            Self::Token { key } => Op::Token { key: f(key) },
        }
    }
}
