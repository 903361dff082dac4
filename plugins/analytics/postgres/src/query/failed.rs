//! Why a question has no answer.

use outrigger_plugin_api::sdk::analytics::query::Fault;
use tokio_postgres::{Error, error::SqlState};

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// A member of it makes no sense.
    Fault(Fault),
    /// The server's word, or the connection's.
    Postgres(Error),
    /// It came with a later version of the model than this plugin was written for.
    Unknown,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Tells whether the server gave the statement up for its time.
pub(super) fn took_too_long(error: &Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}
