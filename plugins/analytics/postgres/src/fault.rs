//! What PostgreSQL says, as the host acts on it.

use std::error::Error as _;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use tokio_postgres::Error;

/// Returns the host's error for one that a connection in use gave. Whether a lost connection's work was committed nobody
/// knows, so that is a time-out.
pub(crate) fn running(error: &Error) -> ProviderError {
    match error.code() {
        Some(code) => said(code.code(), &words(error)),
        None => ProviderError::new(ErrorKind::Timeout, format!("the connection was lost: {}", words(error))),
    }
}

/// Returns the host's error for a connection that could not be opened.
pub(crate) fn opening(error: &Error) -> ProviderError {
    match error.code() {
        Some(code) => said(code.code(), &words(error)),
        None => ProviderError::unavailable(format!("the server can't be reached: {}", words(error))),
    }
}

/// Sorts an SQLSTATE (PostgreSQL's appendix A).
fn said(code: &str, words: &str) -> ProviderError {
    let kind = match code {
        // Read-only: a standby, or a primary that is being replaced.
        "25006" => ErrorKind::Unavailable,
        // Too many connections; out of memory; a statement or a lock that took too long.
        "53300" | "53200" | "57014" | "55P03" => ErrorKind::Overloaded,
        // The role may not, the database or a column is not there: until someone mends it.
        "42501" | "3D000" => ErrorKind::Refused,
        // The tables are gone: they are made again before the next try.
        "42P01" | "3F000" => ErrorKind::Unavailable,
        _ => match code.get(..2).unwrap_or_default() {
            "08" | "40" | "53" | "55" | "57" | "58" => ErrorKind::Unavailable,
            "28" | "42" => ErrorKind::Refused,
            // Of the data: the host looks for the record at fault.
            "21" | "22" | "23" | "54" => ErrorKind::Invalid,
            _ => ErrorKind::Internal,
        },
    };
    ProviderError::new(kind, format!("{words} (SQLSTATE {code})"))
}

/// Tells whether the tables are not there any more.
pub(crate) fn tables_are_gone(error: &Error) -> bool {
    error.code().is_some_and(|code| matches!(code.code(), "42P01" | "3F000"))
}

/// The server's message, or the chain of causes; never the connection's parameters.
fn words(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !words.contains(&next) {
            words = format!("{words}: {next}");
        }
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests;
