//! Why an operation was refused.

use std::{fmt::Display, path::PathBuf};

use crate::{
    diagnostic::Paint,
    host::{ReloadError, StartError},
};

/// Why an operation was refused. But for [`Self::NotKept`], nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The configuration can't be used.
    #[error("the configuration can't be used")]
    Configuration(StartError),
    /// It could not be put in force.
    #[error(transparent)]
    Reload(#[from] ReloadError),
    /// There is no `plugins.toml` to change.
    #[error("the host runs without a plugins.toml, so there is nothing to change a selection in")]
    NoFile,
    /// The file can't be read as TOML.
    #[error("the file can't be changed: {0}")]
    Unreadable(String),
    /// Something above the file selects.
    #[error("{by} selects {selected}, which wins over plugins.toml")]
    Overridden {
        /// What selects.
        by: String,
        /// What it selects.
        selected: String,
    },
    /// No such provider could be selected, or more than one.
    #[error("{0}")]
    Selection(String),
    /// Nothing was done before.
    #[error("there is no operation to undo")]
    NothingToUndo,
    /// The file holds what was never in force.
    #[error("plugins.toml was changed since the last reload, and undoing would lose that")]
    FileChanged,
    /// The file can't be written.
    #[error("can't write {path}: {why}", path = .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It is in force, but not in the file.
    #[error("the change is in force, but {path} could not be written: {why}", path = .path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl From<StartError> for OperationError {
    fn from(error: StartError) -> Self {
        Self::Configuration(error)
    }
}

impl OperationError {
    pub(super) fn write(path: &std::path::Path, why: &dyn Display) -> Self {
        Self::Unwritable { path: path.to_owned(), why: why.to_string() }
    }

    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "reload.configuration",
            Self::Reload(error) => error.code(),
            Self::NoFile => "operation.no_file",
            Self::Unreadable(_) => "operation.file_unreadable",
            Self::Overridden { .. } => "operation.overridden",
            Self::Selection(_) => "operation.selection",
            Self::NothingToUndo => "operation.nothing_to_undo",
            Self::FileChanged => "operation.file_changed",
            Self::Unwritable { .. } => "operation.file_unwritable",
            Self::NotKept { .. } => "operation.not_kept",
        }
    }

    /// Returns all of it as text for people: every fault of a configuration, each with its place.
    pub fn text(&self) -> String {
        match self {
            Self::Configuration(error) => format!("{self}:\n{}", error.0.render(Paint::None)),
            other => other.to_string(),
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Reload(ReloadError::NeedsRestart(_)) => "put these values back and reload, or restart the host",
            Self::Reload(ReloadError::Providers(refusals)) => return refusals.first().map(|first| first.help.clone()),
            Self::Reload(ReloadError::TooManyLibraries { .. }) => {
                "restart the host when it suits, or raise reload.libraries-max"
            }
            Self::NoFile => "start the host in a folder with a plugins.toml, or with --config",
            Self::Overridden { .. } => "take it away and restart, or change it there",
            Self::FileChanged => "reload first, or put the file back",
            Self::Unwritable { .. } => "change the selection where the file comes from, and reload",
            Self::NotKept { .. } => "write the selection into the file by hand; a restart would take it back",
            _ => return None,
        };
        Some(help.to_owned())
    }
}
