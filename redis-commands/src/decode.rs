//! Redis' replies as the host's.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Condition, Op, OpResult, Reply, Value as Blob},
};

use crate::{Answer, failure};

/// Returns the reply to an operation.
///
/// # Errors
/// The server's own, or `internal` where the command never answers so.
pub fn decode(op: &Op<Bytes>, value: Answer) -> OpResult {
    let value = match value {
        Answer::Error { detail, .. } if failure::plain(&detail) == "no such key" && matches!(op, Op::Rename { .. }) => {
            return Ok(Reply::Missing);
        }
        Answer::Error { code, detail } => return Err(failure::from_code(&code, &detail)),
        value => value,
    };
    match op {
        Op::Get { .. } | Op::GetAndDelete { .. } | Op::GetAndTouch { .. } | Op::RandomKey => {
            Ok(bytes(value)?.map_or(Reply::Missing, Reply::Value))
        }
        Op::Set { condition, return_old, .. } => stored(*condition, *return_old, value),
        Op::Delete { .. } | Op::Exists { .. } | Op::Expire { .. } | Op::Persist { .. } => yes(&value),
        Op::CompareAndSet { .. } | Op::CompareAndDelete { .. } | Op::CompareAndExpire { .. } => yes(&value),
        Op::Copy { .. } | Op::Rename { if_absent: true, .. } => yes(&value),
        Op::Rename { .. } => match value {
            Answer::Okay => Ok(Reply::Yes),
            other => Err(unexpected(&other)),
        },
        Op::Ttl { .. } => match integer(&value)? {
            -2 => Ok(Reply::Missing),
            -1 => Ok(Reply::Persistent),
            // Less than a millisecond is still a time left.
            left => Ok(Reply::Ttl(Duration::from_millis(left.unsigned_abs().max(1)))),
        },
        Op::Increment { .. } | Op::Append { .. } | Op::Length { .. } | Op::SetRange { .. } => {
            integer(&value).map(Reply::Integer)
        }
        Op::IncrementFloat { .. } | Op::GetRange { .. } | Op::Token { .. } => match bytes(value)? {
            Some(bytes) => Ok(Reply::Value(bytes)),
            None => Err(unexpected(&Answer::Nil)),
        },
        _ => Err(unexpected(&value)),
    }
}

/// Reads the reply to SET. With GET it is the former value, whether or not the write applied: the condition and the
/// former value together tell.
fn stored(condition: Condition, return_old: bool, value: Answer) -> OpResult {
    if !return_old {
        return match value {
            Answer::Okay => Ok(Reply::Stored(None)),
            Answer::Nil => Ok(Reply::NotStored(None)),
            other => Err(unexpected(&other)),
        };
    }
    let old = bytes(value)?;
    let applied = match condition {
        Condition::Always => true,
        Condition::IfAbsent => old.is_none(),
        Condition::IfPresent => old.is_some(),
    };
    Ok(if applied { Reply::Stored(old) } else { Reply::NotStored(old) })
}

fn bytes(value: Answer) -> Result<Option<Blob>, ProviderError> {
    match value {
        Answer::Nil => Ok(None),
        Answer::Bytes(bytes) => Ok(Some(bytes.into())),
        other => Err(unexpected(&other)),
    }
}

fn yes(value: &Answer) -> OpResult {
    integer(value).map(|count| if count > 0 { Reply::Yes } else { Reply::No })
}

/// Reads a number, also where a script sent it as text.
///
/// # Errors
/// The server's own, or `internal` where it is no number.
pub fn integer(value: &Answer) -> Result<i64, ProviderError> {
    match value {
        Answer::Integer(number) => Ok(*number),
        Answer::Bytes(text) => {
            std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(|| unexpected(value))
        }
        other => Err(unexpected(other)),
    }
}

/// Reads a page of SCAN: where the next one begins, 0 after the last, and the keys of this one.
///
/// # Errors
/// The server's own, or `internal` where this is no such page.
pub fn scan_page(answer: Answer) -> Result<(u64, Vec<Vec<u8>>), ProviderError> {
    let Answer::List(parts) = answer else { return Err(unexpected(&answer)) };
    let mut parts = parts.into_iter();
    // Cursors use all 64 bits, so they don't pass through i64.
    let position = match parts.next() {
        Some(Answer::Bytes(text)) => std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()),
        Some(Answer::Integer(number)) => u64::try_from(number).ok(),
        _ => None,
    };
    let (Some(position), Some(Answer::List(keys))) = (position, parts.next()) else {
        return Err(unexpected(&Answer::List(Vec::new())));
    };
    let key = |key| if let Answer::Bytes(key) = key { Some(key) } else { None };
    Ok((position, keys.into_iter().filter_map(key).collect()))
}

/// Names what came instead, without its bytes: they may be anybody's.
pub fn unexpected(value: &Answer) -> ProviderError {
    let what = match value {
        Answer::Nil => "nothing",
        Answer::Integer(_) => "a number",
        Answer::Bytes(_) | Answer::Okay => "a text",
        Answer::List(_) => "a list",
        Answer::Error { code, detail } => return failure::from_code(code, detail),
        Answer::Other => "something else",
    };
    ProviderError::internal(format!("the server answered with {what}, which the command never does"))
}
