//! Lets the conformance suites of the plugin API run over providers that this host has loaded, so that every call
//! passes gate, seam and library; and the faults of the seam itself, which no suite in-process can show.

mod cache;
mod seam;
mod sink;

pub use cache::LoadedCache;
pub use seam::{NAMES as SEAM_CASES, run as run_seam};
pub use sink::LoadedSink;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

use crate::call::CallError;

/// The suites know the providers' errors; what the host itself says is put into their kinds.
pub fn provider_error(error: CallError) -> ProviderError {
    match error {
        CallError::Provider { error, .. } => error,
        CallError::Unsupported { what, .. } => ProviderError::unsupported(&what),
        CallError::Deadline { .. } => ProviderError::new(ErrorKind::Timeout, error.to_string()),
        CallError::Overloaded { .. } => ProviderError::new(ErrorKind::Overloaded, error.to_string()),
        other => ProviderError::unavailable(other.to_string()),
    }
}
