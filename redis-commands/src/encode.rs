//! Operations as Redis commands.

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Condition, ExpireCondition, Expiry, Op},
};

use crate::{Keyspace, Words, script::Body};

/// One command.
#[derive(Debug, Clone)]
pub struct Command<W> {
    /// Its words.
    pub words: W,
    /// The script it runs where it is an EVAL.
    pub body: Option<Body>,
    /// The first key as the server knows it; none for RANDOMKEY.
    pub key: Option<Bytes>,
}

/// Returns the command for an operation.
///
/// # Errors
/// `invalid` where the operation's arguments contradict each other.
pub fn encode<W: Words>(space: &Keyspace, op: &Op<Bytes>) -> Result<Command<W>, ProviderError> {
    check_expiry(op)?;
    let plain = |name: &str, key: &Bytes| {
        let (mut words, key) = (W::named(name), space.outer(key));
        words.bytes(&key);
        Command { words, body: None, key: Some(key) }
    };
    let two = |name: &str, key: &Bytes, to: &Bytes| {
        let mut command = plain(name, key);
        command.words.bytes(&space.outer(to));
        command
    };
    let script = |body: Body, key: &Bytes| {
        let (mut words, key) = (W::named("EVAL"), space.outer(key));
        words.word(body.text().as_bytes());
        words.count(1);
        words.bytes(&key);
        Command { words, body: Some(body), key: Some(key) }
    };
    let mut command = match op {
        Op::Get { key } => plain("GET", key),
        Op::Set { key, .. } => plain("SET", key),
        // Frees the memory of large values off the server's main thread.
        Op::Delete { key } => plain("UNLINK", key),
        Op::Exists { key } => plain("EXISTS", key),
        Op::Ttl { key } => plain("PTTL", key),
        Op::Expire { key, expiry, .. } => plain(expire_name(*expiry).ok_or_else(no_deadline)?, key),
        Op::Persist { key } => plain("PERSIST", key),
        Op::Increment { key, expiry, .. } if expire_name(*expiry).is_some() => script(Body::Increment, key),
        Op::Increment { key, .. } => plain("INCRBY", key),
        Op::IncrementFloat { key, .. } => plain("INCRBYFLOAT", key),
        Op::Append { key, .. } => plain("APPEND", key),
        Op::CompareAndSet { key, .. } => script(Body::CompareAndSet, key),
        Op::CompareAndDelete { key, .. } => script(Body::CompareAndDelete, key),
        Op::CompareAndExpire { key, .. } => script(Body::CompareAndExpire, key),
        Op::GetAndDelete { key } => plain("GETDEL", key),
        Op::GetAndTouch { key, .. } => plain("GETEX", key),
        Op::Length { key } => plain("STRLEN", key),
        Op::GetRange { key, .. } => plain("GETRANGE", key),
        Op::SetRange { key, .. } => plain("SETRANGE", key),
        Op::Rename { key, to, if_absent } => two(if *if_absent { "RENAMENX" } else { "RENAME" }, key, to),
        Op::Copy { key, to, .. } => two("COPY", key, to),
        Op::RandomKey => Command { words: W::named("RANDOMKEY"), body: None, key: None },
        Op::Token { key } => script(Body::Token, key),
        other => return Err(ProviderError::unsupported(&format!("run {:?}", other.code()))),
    };
    arguments(&mut command.words, op);
    Ok(command)
}

/// Adds what follows the keys.
fn arguments<W: Words>(words: &mut W, op: &Op<Bytes>) {
    match op {
        Op::Set { value, expiry, condition, return_old, .. } => {
            words.bytes(value);
            match condition {
                Condition::Always => {}
                Condition::IfAbsent => words.word(b"NX"),
                Condition::IfPresent => words.word(b"XX"),
            }
            if *return_old {
                words.word(b"GET");
            }
            set_expiry(words, *expiry);
        }
        Op::Expire { expiry, condition, .. } => {
            expire_time(words, *expiry);
            match condition {
                ExpireCondition::Always => {}
                ExpireCondition::IfPersistent => words.word(b"NX"),
                ExpireCondition::IfExpiring => words.word(b"XX"),
                ExpireCondition::IfLater => words.word(b"GT"),
                ExpireCondition::IfEarlier => words.word(b"LT"),
            }
        }
        Op::Increment { by, expiry, .. } => {
            words.number(*by);
            expire_words(words, *expiry);
        }
        // Rust writes floats without exponent and so that they read back as themselves.
        Op::IncrementFloat { by, .. } => words.word(by.to_string().as_bytes()),
        Op::Append { value, .. } => words.bytes(value),
        Op::CompareAndSet { expected, value, expiry, .. } => {
            words.bytes(expected);
            words.bytes(value);
            set_expiry(words, *expiry);
        }
        Op::CompareAndDelete { expected, .. } => words.bytes(expected),
        Op::CompareAndExpire { expected, expiry, .. } => {
            words.bytes(expected);
            match expiry {
                Expiry::Never => words.word(b"PERSIST"),
                other => expire_words(words, *other),
            }
        }
        Op::GetAndTouch { expiry: Expiry::Never, .. } => words.word(b"PERSIST"),
        Op::GetAndTouch { expiry: Expiry::Keep, .. } => {}
        Op::GetAndTouch { expiry, .. } => set_expiry(words, *expiry),
        Op::GetRange { start, end, .. } => {
            words.number(*start);
            words.number(*end);
        }
        Op::SetRange { offset, value, .. } => {
            words.count(*offset);
            words.bytes(value);
        }
        Op::Copy { replace: true, .. } => words.word(b"REPLACE"),
        _ => {}
    }
}

/// The options of SET and GETEX. They refuse zero, so what ends at once gets the first moment of 1970.
fn set_expiry<W: Words>(words: &mut W, expiry: Expiry) {
    match expiry {
        Expiry::Never => {}
        Expiry::Keep => words.word(b"KEEPTTL"),
        Expiry::In(duration) if duration.is_zero() => pxat(words, 1),
        Expiry::In(_) => {
            words.word(b"PX");
            expire_time(words, expiry);
        }
        Expiry::At { unix_ms } => pxat(words, unix_ms.max(1)),
    }
}

fn pxat<W: Words>(words: &mut W, unix_ms: u64) {
    words.word(b"PXAT");
    words.count(unix_ms);
}

/// The command that sets a deadline, and its time, as words of a script.
fn expire_words<W: Words>(words: &mut W, expiry: Expiry) {
    if let Some(name) = expire_name(expiry) {
        words.word(name.as_bytes());
        expire_time(words, expiry);
    }
}

const fn expire_name(expiry: Expiry) -> Option<&'static str> {
    match expiry {
        Expiry::Never | Expiry::Keep => None,
        Expiry::In(_) => Some("PEXPIRE"),
        Expiry::At { .. } => Some("PEXPIREAT"),
    }
}

/// Whole milliseconds, rounded up so that a short deadline does not become none.
fn expire_time<W: Words>(words: &mut W, expiry: Expiry) {
    match expiry {
        Expiry::Never | Expiry::Keep => {}
        Expiry::In(duration) => {
            let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
            words.count(millis);
        }
        Expiry::At { unix_ms } => words.count(unix_ms),
    }
}

/// The last deadline that is taken: year 146 million. A script that met Redis' own, later bound would stop half way,
/// after the sum and before the deadline.
const DEADLINE_MS_MAX: u64 = 1 << 62;

fn check_expiry(op: &Op<Bytes>) -> Result<(), ProviderError> {
    let (Op::Set { expiry, .. }
    | Op::Expire { expiry, .. }
    | Op::Increment { expiry, .. }
    | Op::CompareAndSet { expiry, .. }
    | Op::CompareAndExpire { expiry, .. }
    | Op::GetAndTouch { expiry, .. }) = op
    else {
        return Ok(());
    };
    let millis = match expiry {
        Expiry::Never | Expiry::Keep => 0,
        Expiry::In(duration) => duration.as_millis(),
        Expiry::At { unix_ms } => u128::from(*unix_ms),
    };
    if millis < u128::from(DEADLINE_MS_MAX) {
        return Ok(());
    }
    Err(ProviderError::invalid("the deadline is too far in the future"))
}

fn no_deadline() -> ProviderError {
    ProviderError::invalid("Expire takes a deadline; Persist removes one")
}

#[cfg(test)]
mod tests;
