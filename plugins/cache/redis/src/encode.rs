//! Operations as Redis commands.

use outrigger_plugin_api::sdk::{
    Bytes, ProviderError,
    cache::{Condition, ExpireCondition, Expiry, Op},
};
use redis::Cmd;

use crate::{keyspace::Keyspace, script::Body};

/// One command, and the script it runs where it is an EVAL.
pub(crate) struct Command {
    pub(crate) cmd: Cmd,
    pub(crate) body: Option<Body>,
    /// The first key as the server knows it; none for RANDOMKEY.
    pub(crate) key: Option<Bytes>,
}

/// Room for a command's words before its buffer grows: name, key of usual length, a few options.
const CMD_ARGS: usize = 6;

fn cmd(name: &str) -> Cmd {
    let mut cmd = Cmd::with_capacity(CMD_ARGS, 96);
    cmd.arg(name);
    cmd
}

fn bytes(cmd: &mut Cmd, bytes: &Bytes) {
    cmd.arg(&bytes[..]);
}

/// Returns the command for an operation.
///
/// # Errors
/// `invalid` where the operation's arguments contradict each other.
pub(crate) fn encode(space: &Keyspace, op: &Op<Bytes>) -> Result<Command, ProviderError> {
    check_expiry(op)?;
    let plain = |name: &str, key: &Bytes| {
        let (mut cmd, key) = (cmd(name), space.outer(key));
        bytes(&mut cmd, &key);
        Command { cmd, body: None, key: Some(key) }
    };
    let two = |name: &str, key: &Bytes, to: &Bytes| {
        let mut command = plain(name, key);
        bytes(&mut command.cmd, &space.outer(to));
        command
    };
    let script = |body: Body, key: &Bytes| {
        let (mut cmd, key) = (cmd("EVAL"), space.outer(key));
        cmd.arg(body.text()).arg(1);
        bytes(&mut cmd, &key);
        Command { cmd, body: Some(body), key: Some(key) }
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
        Op::RandomKey => Command { cmd: cmd("RANDOMKEY"), body: None, key: None },
        Op::Token { key } => script(Body::Token, key),
        other => return Err(ProviderError::unsupported(&format!("run {:?}", other.code()))),
    };
    arguments(&mut command.cmd, op);
    Ok(command)
}

/// Adds what follows the keys.
fn arguments(cmd: &mut Cmd, op: &Op<Bytes>) {
    match op {
        Op::Set { value, expiry, condition, return_old, .. } => {
            bytes(cmd, value);
            match condition {
                Condition::Always => {}
                Condition::IfAbsent => drop(cmd.arg("NX")),
                Condition::IfPresent => drop(cmd.arg("XX")),
            }
            if *return_old {
                cmd.arg("GET");
            }
            set_expiry(cmd, *expiry);
        }
        Op::Expire { expiry, condition, .. } => {
            expire_time(cmd, *expiry);
            match condition {
                ExpireCondition::Always => {}
                ExpireCondition::IfPersistent => drop(cmd.arg("NX")),
                ExpireCondition::IfExpiring => drop(cmd.arg("XX")),
                ExpireCondition::IfLater => drop(cmd.arg("GT")),
                ExpireCondition::IfEarlier => drop(cmd.arg("LT")),
            }
        }
        Op::Increment { by, expiry, .. } => {
            cmd.arg(*by);
            expire_words(cmd, *expiry);
        }
        // Rust writes floats without exponent and so that they read back as themselves.
        Op::IncrementFloat { by, .. } => drop(cmd.arg(by.to_string())),
        Op::Append { value, .. } => bytes(cmd, value),
        Op::CompareAndSet { expected, value, expiry, .. } => {
            bytes(cmd, expected);
            bytes(cmd, value);
            set_expiry(cmd, *expiry);
        }
        Op::CompareAndDelete { expected, .. } => bytes(cmd, expected),
        Op::CompareAndExpire { expected, expiry, .. } => {
            bytes(cmd, expected);
            match expiry {
                Expiry::Never => drop(cmd.arg("PERSIST")),
                other => expire_words(cmd, *other),
            }
        }
        Op::GetAndTouch { expiry: Expiry::Never, .. } => drop(cmd.arg("PERSIST")),
        Op::GetAndTouch { expiry: Expiry::Keep, .. } => {}
        Op::GetAndTouch { expiry, .. } => set_expiry(cmd, *expiry),
        Op::GetRange { start, end, .. } => drop(cmd.arg(*start).arg(*end)),
        Op::SetRange { offset, value, .. } => {
            cmd.arg(*offset);
            bytes(cmd, value);
        }
        Op::Copy { replace: true, .. } => drop(cmd.arg("REPLACE")),
        _ => {}
    }
}

/// The options of SET and GETEX. They refuse zero, so what ends at once gets the first moment of 1970.
fn set_expiry(cmd: &mut Cmd, expiry: Expiry) {
    match expiry {
        Expiry::Never => {}
        Expiry::Keep => drop(cmd.arg("KEEPTTL")),
        Expiry::In(duration) if duration.is_zero() => drop(cmd.arg("PXAT").arg(1)),
        Expiry::In(_) => {
            cmd.arg("PX");
            expire_time(cmd, expiry);
        }
        Expiry::At { unix_ms } => drop(cmd.arg("PXAT").arg(unix_ms.max(1))),
    }
}

/// The command that sets a deadline, and its time, as words of a script.
fn expire_words(cmd: &mut Cmd, expiry: Expiry) {
    if let Some(name) = expire_name(expiry) {
        cmd.arg(name);
        expire_time(cmd, expiry);
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
fn expire_time(cmd: &mut Cmd, expiry: Expiry) {
    match expiry {
        Expiry::Never | Expiry::Keep => {}
        Expiry::In(duration) => {
            let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
            cmd.arg(millis);
        }
        Expiry::At { unix_ms } => drop(cmd.arg(unix_ms)),
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
