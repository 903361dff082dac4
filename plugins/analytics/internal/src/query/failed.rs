//! Why a question has no answer.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError, analytics::query::Fault};
use rusqlite::ErrorCode;

use crate::fault;

/// Why a question has no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// A member of it makes no sense.
    Fault(Fault),
    /// SQLite's own word.
    Sqlite(rusqlite::Error),
    /// It came with a later version of the model than this plugin was written for.
    Unknown,
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Failed {
    /// Returns the error for the host, which gave this much time.
    pub(super) fn within(self, budget: Option<Duration>) -> ProviderError {
        match self {
            Self::Fault(fault) => ProviderError::invalid(fault.to_string()),
            Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
                let ms = budget.map(|budget| format!(" within {} ms", budget.as_millis())).unwrap_or_default();
                let text = format!(
                    "the question could not be answered{ms}; ask about less time or fewer events, or raise `timeout` of \
                     this provider"
                );
                ProviderError::new(ErrorKind::Timeout, text)
            }
            Self::Sqlite(error) => fault::running(&error),
            Self::Unknown => ProviderError::unsupported("answer this question"),
        }
    }
}
