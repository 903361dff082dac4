//! Errors as clients of Redis know them.

use std::borrow::Cow;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

use crate::call::CallError;

/// An error's line, without the sign before it.
pub(super) type Fault = Cow<'static, str>;

pub(super) const SYNTAX: Fault = Cow::Borrowed("ERR syntax error");
pub(super) const NOT_AN_INTEGER: Fault = Cow::Borrowed("ERR value is not an integer or out of range");
pub(super) const NOT_A_FLOAT: Fault = Cow::Borrowed("ERR value is not a valid float");
pub(super) const NO_SUCH_KEY: Fault = Cow::Borrowed("ERR no such key");
pub(super) const DB_INDEX: Fault = Cow::Borrowed("ERR DB index is out of range");
pub(super) const NO_AUTH: Fault = Cow::Borrowed("NOAUTH Authentication required.");
pub(super) const WRONG_PASS: Fault = Cow::Borrowed("WRONGPASS invalid username-password pair or user is disabled.");

/// How often a step of several calls is tried again while its keys keep changing. Each time another client has got
/// further.
pub(super) const TRIES_MAX: usize = 100;

/// Bytes of an unknown command's name, and of its arguments together, that its error repeats.
const REPEATED_BYTES_MAX: usize = 128;

pub(super) fn arity(name: &str) -> Fault {
    format!("ERR wrong number of arguments for '{name}' command").into()
}

pub(super) fn expire_time(name: &str) -> Fault {
    format!("ERR invalid expire time in '{name}' command").into()
}

pub(super) fn unknown_subcommand(container: &str, name: &[u8]) -> Fault {
    let name = String::from_utf8_lossy(name.get(..REPEATED_BYTES_MAX).unwrap_or(name));
    format!("ERR unknown subcommand '{name}'. Try {container} HELP.").into()
}

/// Names an unknown command and what it was given, up to a length.
pub(super) fn unknown_command<'a>(name: &[u8], arguments: impl Iterator<Item = &'a [u8]>) -> Fault {
    let mut given = Vec::new();
    for argument in arguments {
        if given.len() >= REPEATED_BYTES_MAX {
            break;
        }
        let left = REPEATED_BYTES_MAX - given.len();
        given.push(b'\'');
        // As Redis' own, which is a C string: up to a zero.
        let text = argument.split(|byte| *byte == 0).next().unwrap_or_default();
        given.extend_from_slice(text.get(..left).unwrap_or(text));
        given.extend_from_slice(b"' ");
    }
    let name = String::from_utf8_lossy(name.get(..REPEATED_BYTES_MAX).unwrap_or(name));
    format!("ERR unknown command '{name}', with args beginning with: {}", String::from_utf8_lossy(&given)).into()
}

/// Returns the error of something that the provider can't do.
pub(super) fn unsupported(what: impl std::fmt::Display) -> Fault {
    of_code("provider.unsupported", what)
}

/// Returns the error of an answer that makes no sense.
pub(super) fn internal(what: impl std::fmt::Display) -> Fault {
    of_code("provider.internal", what)
}

/// Returns the error of a step that other clients kept from happening.
pub(super) fn contended() -> Fault {
    of_code("call.contended", format_args!("the keys changed during each of {TRIES_MAX} tries"))
}

fn of_code(code: &str, what: impl std::fmt::Display) -> Fault {
    format!("ERR {code}: {what}").into()
}

/// Returns a call's error. What the provider said of the arguments is given as it is: providers use Redis' words.
pub(super) fn of_call(error: &CallError) -> Fault {
    match error {
        CallError::Provider { error, .. } => of_provider(error),
        other => of_code(other.code(), other),
    }
}

/// Returns a call's error as that of an operation; [`of_provider`] then writes what [`of_call`] would.
pub(super) fn as_provider(error: &CallError) -> ProviderError {
    ProviderError::invalid(format!("{}: {error}", error.code()))
}

/// Returns the error of one operation.
pub(super) fn of_provider(error: &ProviderError) -> Fault {
    let text = &error.message;
    match error.kind {
        // Redis' own codes stand in front, such as WRONGTYPE; ERR was taken off.
        ErrorKind::Invalid if has_code(text) => text.clone().into(),
        ErrorKind::Invalid => format!("ERR {text}").into(),
        ErrorKind::Overloaded if text.starts_with("OOM ") => text.clone().into(),
        kind => format!("ERR provider.{}: {text}", kind.as_str()).into(),
    }
}

fn has_code(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(code, _)| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase()))
}
