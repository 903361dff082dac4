//! What a plugin file says of itself, readable without running it: JSON in the section [`SECTION`].
//!
//! The bytes are built at compile time by [`crate::export_plugin!`]; the host reads them with an object-file
//! parser. Unknown fields are ignored, so that a later minor may add some.

use serde::{Deserialize, Serialize};

pub mod build;
mod names;

/// The section's name in an ELF file (Mach-O: `__DATA,__outrigger`; PE: `.outrig`, eight bytes at most).
pub const SECTION: &str = ".outrigger";

/// The plugin API this crate speaks, as `major.minor.patch`.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Most bytes a manifest may have: 256 KiB, room for a settings schema ten times the largest of today.
pub const MANIFEST_BYTES_MAX: usize = 256 * 1024;

/// A system that providers plug into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Request and answer, one provider active.
    Cache,
    /// Errors, logs, timings; several providers at once.
    Monitoring,
    /// User events; several providers at once.
    Analytics,
}

impl Kind {
    /// Every kind, in the order people expect them.
    pub const ALL: [Self; 3] = [Self::Cache, Self::Monitoring, Self::Analytics];

    /// Returns the name used in file names, settings and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Monitoring => "monitoring",
            Self::Analytics => "analytics",
        }
    }

    /// Returns the number used in the frozen layer.
    pub const fn code(self) -> u16 {
        match self {
            Self::Cache => 1,
            Self::Monitoring => 2,
            Self::Analytics => 3,
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The manifest as the host reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The plugin's name, `<kind>_<provider>`.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// The plugin API it was built with.
    pub api: String,
    /// The kinds it serves; one in this version.
    pub kinds: Vec<Kind>,
    /// Cache operations and abilities, or record sorts, as bits.
    pub capabilities: u64,
    /// Whether the backend recognises a repeated record.
    pub idempotency: String,
    /// Most records in one batch; 0 for a cache.
    pub batch_count_max: u32,
    /// Most bytes in one batch; 0 for a cache.
    pub batch_bytes_max: u32,
    /// Two providers of one configuration would disturb each other, so a reload stops the old before it starts the new.
    #[serde(default)]
    pub exclusive: bool,
    /// Target triple.
    pub target: String,
    /// Compiler.
    pub rustc: String,
    /// `debug` or `release`.
    pub profile: String,
    /// `unwind` or `abort`; an aborting plugin can't be contained and is refused.
    pub panic: String,
    /// One sentence for people.
    #[serde(default)]
    pub description: String,
    /// JSON Schema of the settings; `x-env` and `x-secret` mark declared environment names and secrets.
    pub settings: serde_json::Value,
}

#[cfg(test)]
mod tests;
