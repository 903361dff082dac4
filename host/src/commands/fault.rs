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
        given.extend_from_slice(argument.get(..left).unwrap_or(argument));
        given.extend_from_slice(b"' ");
    }
    let name = String::from_utf8_lossy(name.get(..REPEATED_BYTES_MAX).unwrap_or(name));
    format!("ERR unknown command '{name}', with args beginning with: {}", String::from_utf8_lossy(&given)).into()
}

/// Returns a call's error. What the provider said of the arguments is given as it is: providers use Redis' words.
pub(super) fn of_call(error: &CallError) -> Fault {
    match error {
        CallError::Provider { error, .. } => of_provider(error),
        other => format!("ERR {}: {other}", other.code()).into(),
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
