//! The provider's settings: where records go, in which form, and how files are turned over.

use std::path::PathBuf;

use outrigger_plugin_api::sdk::{ByteCount, ProviderError, monitoring::Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people on a terminal, JSON lines elsewhere.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Whether the human format is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// On a terminal, unless `no-color` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A standard stream of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
}

/// Settings of the provider. Every one has a default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// "human", "json", or "auto": for people on a terminal, JSON lines elsewhere.
    pub format: Format,
    /// "always", "never", or "auto": on a terminal, unless `no-color` is set. JSON is never coloured.
    pub color: Color,
    /// Any text turns `color = "auto"` off, as <https://no-color.org> has it.
    #[schemars(extend("x-env" = "NO_COLOR"))]
    pub no_color: Option<String>,
    /// "stderr" (the default) or "stdout".
    pub output: Option<Stream>,
    /// A file to append to instead; a relative path starts at the host's working directory. Its folder must exist.
    pub file: Option<PathBuf>,
    /// Size at which the file is renamed to `<file>.1` and a new one begun.
    pub rotate_at: ByteCount,
    /// How many renamed files are kept; the oldest is removed.
    #[schemars(range(min = 0, max = 1000))]
    pub keep: u32,
    /// Records less severe than this are not written: "debug", "info", "warning", "error", "fatal".
    pub level: Severity,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: Format::Auto,
            color: Color::Auto,
            no_color: None,
            output: None,
            file: None,
            // With five kept, at most 384 MiB of disk: a day or two of a busy service, and each file still opens in
            // an editor.
            rotate_at: ByteCount(64 << 20),
            keep: 5,
            level: Severity::Debug,
        }
    }
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        if self.file.is_some() && self.output.is_some() {
            return Err(ProviderError::settings("file and output are both set; remove one of them"));
        }
        if self.file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(ProviderError::settings("file is empty"));
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
