//! What can go wrong with the file, in words for people and as the host acts on it.

use std::path::Path;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use rusqlite::ErrorCode;

/// Why a file can't be opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// A SQLite database that some other program made.
    Foreign,
    /// Made by a later version of this plugin.
    Newer { found: i64, known: usize },
    /// SQLite's own word.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl OpenError {
    /// Returns the error for the host.
    pub(crate) fn at(self, path: &Path) -> ProviderError {
        let path = path.display();
        match self {
            Self::Foreign => ProviderError::settings(format!(
                "path `{path}` is the database of another program; name a new file or one made by this plugin"
            )),
            Self::Newer { found, known } => ProviderError::settings(format!(
                "path `{path}` has schema version {found}, written by a newer version of this plugin, which knows up \
                 to {known}; update the plugin or name another file"
            )),
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => ProviderError::settings(format!(
                    "path `{path}` is no SQLite database or is damaged ({error}); restore it or move it away"
                )),
                Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                    ProviderError::settings(format!("path `{path}` can't be opened for writing ({error})"))
                }
                _ => in_use(&error, &format!("can't open `{path}`: {error}")),
            },
        }
    }
}

/// Returns the error of work on an open file.
pub(crate) fn running(error: &rusqlite::Error) -> ProviderError {
    in_use(error, &reason(error))
}

fn in_use(error: &rusqlite::Error, otherwise: &str) -> ProviderError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ProviderError::unavailable("the database is locked by another process")
        }
        _ => ProviderError::new(ErrorKind::Unavailable, otherwise),
    }
}

/// Returns the reason a record was not stored, for a verdict.
pub(crate) fn reason(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "the database is locked by another process".to_owned()
        }
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => format!("the database is damaged: {error}"),
        _ => format!("the database can't take it: {error}"),
    }
}

/// Tells whether the fault lies in the record, so that the same record fails again.
pub(crate) fn is_of_the_record(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::TooBig | ErrorCode::TypeMismatch | ErrorCode::ConstraintViolation)
    ) || matches!(error, rusqlite::Error::ToSqlConversionFailure(_) | rusqlite::Error::InvalidParameterName(_))
}
