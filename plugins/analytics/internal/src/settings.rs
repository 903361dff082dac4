//! The provider's settings: where the file is, how safe a commit is, how long events are kept.

use std::path::PathBuf;

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When SQLite asks the disk to keep what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// Before every commit is answered: an event called delivered survives a power failure.
    Full,
    /// At checkpoints only: a power failure (not a crash of the process) may lose the last seconds.
    Normal,
}

/// Settings of the provider. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The database file; a relative path starts at the host's working directory. Its folder must exist.
    #[schemars(extend("x-env" = "ANALYTICS_DATABASE_PATH"))]
    pub path: PathBuf,
    /// When the disk has to confirm: "full" = before each answer, "normal" = at checkpoints.
    pub synchronous: Synchronous,
    /// How long events are kept at least; they leave by whole calendar months (UTC). Absent = forever.
    pub retention: Option<HumanDuration>,
    /// Most records in one transaction.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch_rows_max: u32,
    /// How long to wait for another process that holds the file's lock, before records are handed back for a retry.
    pub busy_timeout: HumanDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "analytics.sqlite3".into(),
            synchronous: Synchronous::Full,
            retention: None,
            // At 80,000 events a second (examples/throughput.rs) an eighth of a second of work: a larger transaction
            // only makes the first of its callers wait longer, the cost of its commit is long shared.
            batch_rows_max: 10_000,
            // Longer than a checkpoint by another process, shorter than the host's patience with one delivery.
            busy_timeout: HumanDuration(std::time::Duration::from_secs(5)),
        }
    }
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        if self.path.as_os_str().is_empty() {
            return Err(ProviderError::settings("path is empty"));
        }
        if !(1..=1_000_000).contains(&self.batch_rows_max) {
            return Err(ProviderError::settings("batch-rows-max must be between 1 and 1000000"));
        }
        if self.retention.is_some_and(|kept| kept.0.as_secs() < 24 * 60 * 60) {
            return Err(ProviderError::settings("retention must be at least \"1d\": events leave by whole months"));
        }
        Ok(())
    }
}
