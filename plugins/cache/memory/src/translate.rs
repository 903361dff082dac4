//! Between the plugin API's operations and the store's.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    ProviderError,
    cache::{self as api, ExpireCondition},
};

use crate::{
    Condition, Deadline, Existing, Expiry, ExpiryCondition, Old, Op, Reply, StoreError, Token, Touch, Ttl, Value,
};

/// A deadline that has surely passed. The store, as Redis, refuses a lifetime of zero where it writes; the plugin API
/// says such an entry ends at once, which is what a deadline in 1970 does.
const PAST_UNIX_MS: u64 = 1;

/// Returns the store's operation.
pub(crate) fn operation<B: AsRef<[u8]>>(op: &api::Op<B>) -> Result<Op<'_>, ProviderError> {
    Ok(match op {
        api::Op::Get { key } => Op::Get { key: key.as_ref() },
        api::Op::Set { key, value, expiry, condition, return_old } => {
            let condition = match condition {
                api::Condition::Always => Condition::Always,
                api::Condition::IfAbsent => Condition::IfAbsent,
                api::Condition::IfPresent => Condition::IfPresent,
            };
            let old = if *return_old { Old::Return } else { Old::Drop };
            Op::Set { key: key.as_ref(), value: value.as_ref(), expiry: written(*expiry), condition, old }
        }
        api::Op::Delete { key } => Op::Delete { key: key.as_ref() },
        api::Op::Exists { key } => Op::Exists { key: key.as_ref() },
        api::Op::Ttl { key } => Op::Ttl { key: key.as_ref() },
        api::Op::Expire { key, expiry, condition } => {
            Op::Expire { key: key.as_ref(), deadline: deadline(*expiry)?, condition: expire_condition(*condition) }
        }
        api::Op::Persist { key } => Op::Persist { key: key.as_ref() },
        api::Op::Increment { key, by, expiry } => {
            let initial = match expiry {
                api::Expiry::Never | api::Expiry::Keep => None,
                other => Some(past_for_zero(deadline(*other)?)),
            };
            Op::Increment { key: key.as_ref(), by: *by, initial }
        }
        api::Op::IncrementFloat { key, by } => Op::IncrementFloat { key: key.as_ref(), by: *by, initial: None },
        api::Op::Append { key, value } => Op::Append { key: key.as_ref(), bytes: value.as_ref() },
        other => return compared(other),
    })
}

/// The second half of [`operation`].
fn compared<B: AsRef<[u8]>>(op: &api::Op<B>) -> Result<Op<'_>, ProviderError> {
    let existing = |replace: bool| if replace { Existing::Replace } else { Existing::Refuse };
    Ok(match op {
        api::Op::CompareAndSet { key, expected, value, expiry } => Op::Set {
            key: key.as_ref(),
            value: value.as_ref(),
            expiry: written(*expiry),
            condition: Condition::IfEquals(expected.as_ref()),
            old: Old::Drop,
        },
        api::Op::CompareAndDelete { key, expected } => {
            Op::CompareAndDelete { key: key.as_ref(), expected: expected.as_ref() }
        }
        api::Op::CompareAndExpire { key, expected, expiry } => {
            Op::CompareAndExpire { key: key.as_ref(), expected: expected.as_ref(), deadline: deadline(*expiry)? }
        }
        api::Op::GetAndDelete { key } => Op::GetAndDelete { key: key.as_ref() },
        api::Op::GetAndTouch { key, expiry } => match expiry {
            api::Expiry::Keep => Op::Get { key: key.as_ref() },
            api::Expiry::Never => Op::GetAndTouch { key: key.as_ref(), touch: Touch::Persist },
            other => Op::GetAndTouch { key: key.as_ref(), touch: Touch::Until(past_for_zero(deadline(*other)?)) },
        },
        api::Op::Length { key } => Op::Length { key: key.as_ref() },
        api::Op::GetRange { key, start, end } => Op::GetRange { key: key.as_ref(), start: *start, end: *end },
        api::Op::SetRange { key, offset, value } => {
            let too_far = |_| ProviderError::invalid("the offset is beyond any value");
            let offset = usize::try_from(*offset).map_err(too_far)?;
            Op::SetRange { key: key.as_ref(), offset, bytes: value.as_ref() }
        }
        api::Op::Rename { key, to, if_absent } => {
            Op::Rename { from: key.as_ref(), to: to.as_ref(), existing: existing(!if_absent) }
        }
        api::Op::Copy { key, to, replace } => {
            Op::Copy { from: key.as_ref(), to: to.as_ref(), existing: existing(*replace) }
        }
        api::Op::RandomKey => Op::RandomKey,
        api::Op::Token { key } => Op::Version { key: key.as_ref() },
        other => return Err(ProviderError::unsupported(&format!("run {:?}", other.code()))),
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn written(expiry: api::Expiry) -> Expiry {
    match expiry {
        api::Expiry::Never => Expiry::None,
        api::Expiry::Keep => Expiry::Keep,
        api::Expiry::In(lifetime) if lifetime.is_zero() => Expiry::At(PAST_UNIX_MS),
        api::Expiry::In(lifetime) => Expiry::In(millis(lifetime)),
        api::Expiry::At { unix_ms } => Expiry::At(unix_ms.max(PAST_UNIX_MS)),
    }
}

fn deadline(expiry: api::Expiry) -> Result<Deadline, ProviderError> {
    match expiry {
        api::Expiry::In(lifetime) => Ok(Deadline::In(millis(lifetime))),
        api::Expiry::At { unix_ms } => Ok(Deadline::At(unix_ms)),
        api::Expiry::Never | api::Expiry::Keep => Err(ProviderError::invalid("a deadline is needed here")),
    }
}

const fn past_for_zero(deadline: Deadline) -> Deadline {
    match deadline {
        Deadline::In(0) | Deadline::At(0) => Deadline::At(PAST_UNIX_MS),
        other => other,
    }
}

const fn expire_condition(condition: ExpireCondition) -> ExpiryCondition {
    match condition {
        ExpireCondition::Always => ExpiryCondition::Always,
        ExpireCondition::IfPersistent => ExpiryCondition::IfNone,
        ExpireCondition::IfExpiring => ExpiryCondition::IfSome,
        ExpireCondition::IfLater => ExpiryCondition::IfLater,
        ExpireCondition::IfEarlier => ExpiryCondition::IfEarlier,
    }
}

/// Returns the plugin API's reply.
fn reply(reply: Reply) -> api::Reply {
    let length = |length: usize| api::Reply::Integer(i64::try_from(length).unwrap_or(i64::MAX));
    match reply {
        Reply::Value(value) => value.map_or(api::Reply::Missing, |value| api::Reply::Value(value.into_blob())),
        Reply::Written { stored: true, old } => api::Reply::Stored(old.map(Value::into_blob)),
        Reply::Written { stored: false, old } => api::Reply::NotStored(old.map(Value::into_blob)),
        Reply::Changed(true) => api::Reply::Yes,
        Reply::Changed(false) => api::Reply::No,
        Reply::Ttl(Ttl::Missing) => api::Reply::Missing,
        Reply::Ttl(Ttl::Persistent) => api::Reply::Persistent,
        Reply::Ttl(Ttl::In(left)) => api::Reply::Ttl(Duration::from_millis(left)),
        Reply::Integer(sum) => api::Reply::Integer(sum),
        Reply::Length(bytes) | Reply::Count(bytes) => length(bytes),
        Reply::Key(key) => key.map_or(api::Reply::Missing, |key| api::Reply::Value(key.into())),
        // Scans have a way of their own; here only the number of keys could be told.
        Reply::Keys(page) => length(page.keys.len()),
        Reply::Token(token) => api::Reply::Value(token_bytes(token).into()),
    }
}

/// Runs an operation that [`operation`] can translate, and answers as the plugin API says.
pub(crate) fn answer<B: AsRef<[u8]>>(
    op: &api::Op<B>,
    run: impl FnOnce(Op<'_>) -> Result<Reply, StoreError>,
) -> Result<api::Reply, ProviderError> {
    let result = run(operation(op)?);
    answered(op, result)
}

/// Returns what the plugin API says to the store's result of `op`.
pub(crate) fn answered<B>(op: &api::Op<B>, result: Result<Reply, StoreError>) -> Result<api::Reply, ProviderError> {
    match (op, result) {
        // The store has one write with conditions; a comparison answers yes or no.
        (api::Op::CompareAndSet { .. }, Ok(Reply::Written { stored, .. })) => {
            Ok(if stored { api::Reply::Yes } else { api::Reply::No })
        }
        (api::Op::Rename { .. }, Err(StoreError::NoSuchKey)) => Ok(api::Reply::Missing),
        (_, result) => result.map(reply).map_err(refused),
    }
}

/// Returns the plugin API's error. Nothing here gets better by waiting.
pub(crate) fn refused(error: StoreError) -> ProviderError {
    ProviderError::invalid(error.to_string())
}

fn token_bytes(token: Token) -> Vec<u8> {
    match token {
        Token::Missing => vec![0],
        Token::Written(number) => [&[1][..], &number.to_le_bytes()].concat(),
    }
}

/// Reads a token that [`reply`] wrote.
pub(crate) fn token(bytes: &[u8]) -> Result<Token, ProviderError> {
    match bytes {
        [0] => Ok(Token::Missing),
        [1, number @ ..] => match <[u8; 8]>::try_from(number) {
            Ok(number) => Ok(Token::Written(u64::from_le_bytes(number))),
            Err(_) => Err(foreign_token()),
        },
        _ => Err(foreign_token()),
    }
}

fn foreign_token() -> ProviderError {
    ProviderError::invalid("the token is not one this cache gave")
}
