//! Redis' replies as the host's.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Condition, Op, OpResult, Reply, Value as Blob},
};
use redis::Value;

use crate::failure::from_server;

/// Returns the reply to an operation.
pub(crate) fn decode(op: &Op<Bytes>, value: Value) -> OpResult {
    let value = match value {
        Value::ServerError(error) if error.details() == Some("no such key") && matches!(op, Op::Rename { .. }) => {
            return Ok(Reply::Missing);
        }
        Value::ServerError(error) => return Err(from_server(&error)),
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
            Value::Okay => Ok(Reply::Yes),
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
            None => Err(unexpected(&Value::Nil)),
        },
        _ => Err(unexpected(&value)),
    }
}

/// Reads the reply to SET. With GET it is the former value, whether or not the write applied: the condition and the
/// former value together tell.
fn stored(condition: Condition, return_old: bool, value: Value) -> OpResult {
    if !return_old {
        return match value {
            Value::Okay => Ok(Reply::Stored(None)),
            Value::Nil => Ok(Reply::NotStored(None)),
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

fn bytes(value: Value) -> Result<Option<Blob>, ProviderError> {
    match value {
        Value::Nil => Ok(None),
        Value::BulkString(bytes) => Ok(Some(bytes.into())),
        Value::SimpleString(text) => Ok(Some(text.into())),
        other => Err(unexpected(&other)),
    }
}

fn yes(value: &Value) -> OpResult {
    integer(value).map(|count| if count > 0 { Reply::Yes } else { Reply::No })
}

/// Reads a number, also where a script sent it as text.
pub(crate) fn integer(value: &Value) -> Result<i64, ProviderError> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::BulkString(text) => {
            std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(|| unexpected(value))
        }
        other => Err(unexpected(other)),
    }
}

/// Names what came instead, without its bytes: they may be anybody's.
pub(crate) fn unexpected(value: &Value) -> ProviderError {
    let what = match value {
        Value::Nil => "nothing",
        Value::Int(_) => "a number",
        Value::BulkString(_) | Value::SimpleString(_) | Value::Okay => "a text",
        Value::Array(_) => "a list",
        Value::ServerError(error) => return from_server(error),
        _ => "something else",
    };
    ProviderError::internal(format!("the server answered with {what}, which the command never does"))
}
