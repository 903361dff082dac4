//! Cache operations across the seam.

use std::time::Duration;

use crate::abi::{OpView, RSlice};
use crate::sdk::ProviderError;
use crate::sdk::cache::{Condition, ExpireCondition, Expiry, Op, OpCode};

const EXPIRY_NEVER: u8 = 0;
const EXPIRY_KEEP: u8 = 1;
const EXPIRY_IN: u8 = 2;
const EXPIRY_AT: u8 = 3;

/// `flags` bit: the operation's one yes-or-no argument.
const FLAG: u32 = 1;

const fn blank<'a>(code: OpCode) -> OpView<'a> {
    OpView {
        code: code as u16,
        condition: 0,
        expiry: EXPIRY_NEVER,
        flags: 0,
        key: RSlice::EMPTY,
        value: RSlice::EMPTY,
        expected: RSlice::EMPTY,
        number: 0,
        expiry_ms: 0,
        reserved: [0; 2],
    }
}

/// Encodes an operation; the view borrows from it.
pub fn encode_op<B: AsRef<[u8]>>(op: &Op<B>) -> OpView<'_> {
    let blank = blank(op.code());
    let at = |key| OpView { key: slice(key), ..blank };
    match op {
        Op::Get { key } | Op::Delete { key } | Op::Exists { key } | Op::Ttl { key } | Op::Persist { key } => at(key),
        Op::GetAndDelete { key } | Op::Length { key } | Op::Token { key } => at(key),
        Op::RandomKey => blank,
        Op::Set { key, value, expiry, condition, return_old } => {
            let view =
                OpView { value: slice(value), condition: *condition as u8, flags: u32::from(*return_old), ..at(key) };
            with_expiry(view, *expiry)
        }
        Op::Expire { key, expiry, condition } => {
            with_expiry(OpView { condition: *condition as u8, ..at(key) }, *expiry)
        }
        Op::Increment { key, by, expiry } => with_expiry(OpView { number: *by, ..at(key) }, *expiry),
        Op::IncrementFloat { key, by } => OpView { number: by.to_bits().cast_signed(), ..at(key) },
        Op::Append { key, value } => OpView { value: slice(value), ..at(key) },
        Op::CompareAndSet { key, expected, value, expiry } => {
            with_expiry(OpView { value: slice(value), expected: slice(expected), ..at(key) }, *expiry)
        }
        Op::CompareAndDelete { key, expected } => OpView { expected: slice(expected), ..at(key) },
        Op::CompareAndExpire { key, expected, expiry } => {
            with_expiry(OpView { expected: slice(expected), ..at(key) }, *expiry)
        }
        Op::GetAndTouch { key, expiry } => with_expiry(at(key), *expiry),
        Op::GetRange { key, start, end } => OpView { number: *start, expiry_ms: end.cast_unsigned(), ..at(key) },
        Op::SetRange { key, offset, value } => OpView { expiry_ms: *offset, value: slice(value), ..at(key) },
        Op::Rename { key, to, if_absent } => OpView { value: slice(to), flags: u32::from(*if_absent), ..at(key) },
        Op::Copy { key, to, replace } => OpView { value: slice(to), flags: u32::from(*replace), ..at(key) },
    }
}

fn slice<B: AsRef<[u8]>>(bytes: &B) -> RSlice<'_, u8> {
    RSlice::from_slice(bytes.as_ref())
}

fn with_expiry(view: OpView<'_>, expiry: Expiry) -> OpView<'_> {
    let (expiry, expiry_ms) = match expiry {
        Expiry::Never => (EXPIRY_NEVER, 0),
        Expiry::Keep => (EXPIRY_KEEP, 0),
        Expiry::In(duration) => (EXPIRY_IN, super::millis_up(duration)),
        Expiry::At { unix_ms } => (EXPIRY_AT, unix_ms),
    };
    OpView { expiry, expiry_ms, ..view }
}

/// Decodes an operation; the slices borrow from the caller's memory for the call.
///
/// # Errors
/// `unsupported` for a code of a later version, `invalid` for an argument this version doesn't know.
pub fn decode_op<'a>(view: &OpView<'a>) -> Result<Op<&'a [u8]>, ProviderError> {
    let (key, value, expected) = (view.key.as_slice(), view.value.as_slice(), view.expected.as_slice());
    let flag = view.flags & FLAG != 0;
    let op = match view.code {
        code if code == OpCode::Get as u16 => Op::Get { key },
        code if code == OpCode::Set as u16 => {
            Op::Set { key, value, expiry: expiry(view)?, condition: condition(view)?, return_old: flag }
        }
        code if code == OpCode::Delete as u16 => Op::Delete { key },
        code if code == OpCode::Exists as u16 => Op::Exists { key },
        code if code == OpCode::Ttl as u16 => Op::Ttl { key },
        code if code == OpCode::Expire as u16 => {
            Op::Expire { key, expiry: expiry(view)?, condition: expire_condition(view)? }
        }
        code if code == OpCode::Persist as u16 => Op::Persist { key },
        code if code == OpCode::Increment as u16 => Op::Increment { key, by: view.number, expiry: expiry(view)? },
        code if code == OpCode::IncrementFloat as u16 => {
            Op::IncrementFloat { key, by: f64::from_bits(view.number.cast_unsigned()) }
        }
        code if code == OpCode::Append as u16 => Op::Append { key, value },
        code if code == OpCode::CompareAndSet as u16 => {
            Op::CompareAndSet { key, expected, value, expiry: expiry(view)? }
        }
        code if code == OpCode::CompareAndDelete as u16 => Op::CompareAndDelete { key, expected },
        code if code == OpCode::CompareAndExpire as u16 => {
            Op::CompareAndExpire { key, expected, expiry: expiry(view)? }
        }
        code if code == OpCode::GetAndDelete as u16 => Op::GetAndDelete { key },
        code if code == OpCode::GetAndTouch as u16 => Op::GetAndTouch { key, expiry: expiry(view)? },
        code if code == OpCode::Length as u16 => Op::Length { key },
        code if code == OpCode::GetRange as u16 => {
            Op::GetRange { key, start: view.number, end: view.expiry_ms.cast_signed() }
        }
        code if code == OpCode::SetRange as u16 => Op::SetRange { key, offset: view.expiry_ms, value },
        code if code == OpCode::Rename as u16 => Op::Rename { key, to: value, if_absent: flag },
        code if code == OpCode::Copy as u16 => Op::Copy { key, to: value, replace: flag },
        code if code == OpCode::RandomKey as u16 => Op::RandomKey,
        code if code == OpCode::Token as u16 => Op::Token { key },
        code => {
            return Err(ProviderError::unsupported(&format!(
                "run cache operation {code}, which this plugin does not know"
            )));
        }
    };
    Ok(op)
}

fn expiry(view: &OpView<'_>) -> Result<Expiry, ProviderError> {
    match view.expiry {
        EXPIRY_NEVER => Ok(Expiry::Never),
        EXPIRY_KEEP => Ok(Expiry::Keep),
        EXPIRY_IN => Ok(Expiry::In(Duration::from_millis(view.expiry_ms))),
        EXPIRY_AT => Ok(Expiry::At { unix_ms: view.expiry_ms }),
        other => Err(unknown("expiry", other)),
    }
}

fn condition(view: &OpView<'_>) -> Result<Condition, ProviderError> {
    match view.condition {
        0 => Ok(Condition::Always),
        1 => Ok(Condition::IfAbsent),
        2 => Ok(Condition::IfPresent),
        other => Err(unknown("condition", other)),
    }
}

fn expire_condition(view: &OpView<'_>) -> Result<ExpireCondition, ProviderError> {
    match view.condition {
        0 => Ok(ExpireCondition::Always),
        1 => Ok(ExpireCondition::IfPersistent),
        2 => Ok(ExpireCondition::IfExpiring),
        3 => Ok(ExpireCondition::IfLater),
        4 => Ok(ExpireCondition::IfEarlier),
        other => Err(unknown("condition", other)),
    }
}

fn unknown(what: &str, value: u8) -> ProviderError {
    ProviderError::unsupported(&format!("understand {what} {value}, which is of a later version"))
}
