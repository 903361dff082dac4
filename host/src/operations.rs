//! What people, signals and watched files ask of a running host: read the configuration again, switch a provider, undo.
//!
//! One way for all: the sources are read and checked as at start, then [`Host::reload`]. A switch changes the selection
//! in `plugins.toml`, so that the next start has it too; undo puts the text back that was in force before.

mod error;
mod log;
mod selection;
mod watch;

use std::{path::PathBuf, sync::Arc};

use outrigger_plugin_api::manifest::Kind;
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::{
    clock,
    config::{Config, Sources, file_writable, replace_file, select},
    host::{Changes, Host, StartError, configure},
    plugin::Catalog,
};

pub use error::OperationError;
pub use log::{By, Operation};
pub use selection::Selection;

use log::Log;

/// What a configuration was made into, and checked against.
type Checked = (Config, Catalog);

/// Reads the sources of the configuration, as at start.
pub type Reader = Box<dyn Fn() -> Result<Sources, StartError> + Send + Sync>;

/// The operations of one host. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    shared: Arc<Shared>,
}

struct Shared {
    host: Host,
    read: Reader,
    state: Mutex<State>,
}

/// What is known of the configuration in force.
struct State {
    log: Log,
    /// The text of `plugins.toml` that is in force; `None` where there is no file.
    text: Option<String>,
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operations").finish_non_exhaustive()
    }
}

impl Operations {
    /// Returns the operations of a host that was started from what `read` gives; `text` is that of its file.
    pub fn new(host: Host, read: Reader, text: Option<String>) -> Self {
        let state = Mutex::new(State { log: Log::default(), text });
        Self { shared: Arc::new(Shared { host, read, state }) }
    }

    /// Returns the host.
    pub fn host(&self) -> &Host {
        &self.shared.host
    }

    /// Reads the configuration again and puts it in force.
    ///
    /// # Errors
    /// [`OperationError`]; the former configuration is in force as before.
    pub async fn reload(&self, by: By) -> Result<Operation, OperationError> {
        let mut state = self.shared.state.lock().await;
        let sources = self.read().await?;
        let done = async { self.apply(check(sources.clone()).await?).await }.await;
        self.noted(&mut state, by, "reload", &sources, done)
    }

    /// Selects other providers of a kind, in `plugins.toml` and in the running host.
    ///
    /// # Errors
    /// As [`Self::reload`]; the file is as it was, too.
    pub async fn switch(&self, by: By, kind: Kind, names: Vec<String>) -> Result<Operation, OperationError> {
        let mut state = self.shared.state.lock().await;
        let sources = self.read().await?;
        let (_, text) = sources.file().ok_or(OperationError::NoFile)?;
        let text = select(text, kind, &names).map_err(OperationError::Unreadable)?;
        let what = format!("switch {kind} to {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
        let sources = sources.clone().with_text(text);
        let checked = check(sources.clone()).await?;
        selection::in_force(&checked.0, kind, &names)?;
        let done = self.apply_and_keep(&sources, async { Ok(checked) }).await;
        self.noted(&mut state, by, &what, &sources, done)
    }

    /// Adds a provider to those selected, or takes it away. The kind is found where it is not given.
    ///
    /// # Errors
    /// As [`Self::switch`].
    pub async fn select(&self, by: By, selection: Selection) -> Result<Operation, OperationError> {
        let (kind, names) = selection.names(&self.shared.host)?;
        self.switch(by, kind, names).await
    }

    /// Puts the configuration back in force that was before the last operation, and its text into the file. Twice is
    /// none.
    ///
    /// # Errors
    /// As [`Self::switch`]; `operation.nothing_to_undo`; `operation.file_changed` where the file holds what was never in
    /// force, and would be lost.
    pub async fn undo(&self, by: By) -> Result<Operation, OperationError> {
        let mut state = self.shared.state.lock().await;
        let sources = self.read().await?;
        let (_, text) = sources.file().ok_or(OperationError::NoFile)?;
        let last = state.log.last().ok_or(OperationError::NothingToUndo)?;
        let before = last.before.clone().ok_or(OperationError::NothingToUndo)?;
        if state.text.as_deref() != Some(text) {
            return Err(OperationError::FileChanged);
        }
        let what = format!("undo {}", last.operation.number);
        let sources = sources.clone().with_text(before);
        let done = self.apply_and_keep(&sources, check(sources.clone())).await;
        self.noted(&mut state, by, &what, &sources, done)
    }

    /// Returns the operations of this process, newest first.
    pub async fn log(&self) -> Vec<Operation> {
        self.shared.state.lock().await.log.newest_first()
    }

    async fn read(&self) -> Result<Sources, OperationError> {
        let shared = self.shared.clone();
        let read = tokio::task::spawn_blocking(move || (shared.read)()).await;
        Ok(read.map_err(|error| OperationError::Unreadable(error.to_string()))??)
    }

    async fn apply(&self, (config, catalog): Checked) -> Result<Changes, OperationError> {
        Ok(self.shared.host.reload(config, catalog).await?)
    }

    /// Puts sources in force once they are checked, and writes their text into the file.
    async fn apply_and_keep(
        &self,
        sources: &Sources,
        checked: impl Future<Output = Result<Checked, OperationError>>,
    ) -> Result<Changes, OperationError> {
        let Some((path, text)) = sources.file().map(|(path, text)| (PathBuf::from(path), text.to_owned())) else {
            return Err(OperationError::NoFile);
        };
        // Known before anything changes, as far as it can be.
        file_writable(&path).map_err(|error| OperationError::write(&path, &error))?;
        let changes = self.apply(checked.await?).await?;
        let to = path.clone();
        let kept = tokio::task::spawn_blocking(move || replace_file(&to, &text)).await;
        match kept {
            Ok(Ok(())) => Ok(changes),
            Ok(Err(error)) => Err(OperationError::NotKept { path, why: error.to_string() }),
            Err(error) => Err(OperationError::NotKept { path, why: error.to_string() }),
        }
    }

    /// Writes the log, and remembers what is in force.
    fn noted(
        &self,
        state: &mut State,
        by: By,
        what: &str,
        sources: &Sources,
        done: Result<Changes, OperationError>,
    ) -> Result<Operation, OperationError> {
        match done {
            Ok(changes) => {
                let text = sources.file().map(|(_, text)| text.to_owned());
                let before = std::mem::replace(&mut state.text, text);
                // A file was touched and says what it said: nothing to tell, and nothing to undo.
                let quiet = by == By::Watch && changes == Changes::default();
                let operation = state.log.operation(by, what, changes, clock::unix_ms());
                if quiet {
                    return Ok(operation);
                }
                state.log.add(operation.clone(), before);
                let providers = operation.changes.providers.iter();
                let providers: Vec<_> =
                    providers.map(|change| format!("{} {}", change.what, change.provider)).collect();
                info!(operation = operation.number, by = %by, what, changed = providers.join(", "), values = operation.changes.values.len(), "the configuration is in force");
                Ok(operation)
            }
            Err(error) => {
                warn!(code = error.code(), by = %by, what, "nothing has changed: {error}");
                Err(error)
            }
        }
    }
}

/// Checks sources, as at start. Reads the plugin folders.
async fn check(sources: Sources) -> Result<Checked, OperationError> {
    let checked = tokio::task::spawn_blocking(move || configure(&sources)).await;
    Ok(checked.map_err(|error| OperationError::Unreadable(error.to_string()))??)
}
