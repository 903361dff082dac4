//! The provider's settings: where the file is, when it turns over, and when a line counts as written.

use std::path::PathBuf;

use outrigger_plugin_api::sdk::{ByteCount, ProviderError, monitoring::Severity};
use outrigger_record_lines as record_lines;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When records count as delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sync {
    /// Once their batch is on the disk.
    Batch,
    /// Once the system took them: a crash of the machine may lose the last seconds.
    Never,
}

impl From<Sync> for record_lines::Sync {
    fn from(sync: Sync) -> Self {
        match sync {
            Sync::Batch => Self::Batch,
            Sync::Never => Self::Never,
        }
    }
}

/// Settings of the provider. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The file to append to; a relative path starts at the host's working directory. Its folder must exist.
    #[schemars(extend("x-env" = "MONITORING_FILE"))]
    pub path: PathBuf,
    /// Size at which the file is renamed to `<path>.1` and a new one begun.
    pub rotate_at: ByteCount,
    /// How many renamed files are kept; the oldest is removed.
    #[schemars(range(min = 0, max = 1000))]
    pub keep: u32,
    /// "batch": records are delivered once on the disk; "never": once the system took them.
    pub sync: Sync,
    /// Records less severe than this are not written: "debug", "info", "warning", "error", "fatal".
    pub level: Severity,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "monitoring.jsonl".into(),
            // With five kept, at most 384 MiB of disk: a day or two of a busy service, and each file still opens in
            // an editor.
            rotate_at: ByteCount(64 << 20),
            keep: 5,
            // A sync a batch costs a few milliseconds, of which nobody but this provider waits.
            sync: Sync::Batch,
            level: Severity::Debug,
        }
    }
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        if self.path.as_os_str().is_empty() {
            return Err(ProviderError::settings("path is empty"));
        }
        if self.rotate_at.0 == 0 {
            return Err(ProviderError::settings("rotate-at must be at least \"1B\""));
        }
        if self.keep > 1000 {
            return Err(ProviderError::settings("keep must be at most 1000"));
        }
        Ok(())
    }
}
