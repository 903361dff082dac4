//! What a provider can ask of the host.
//!
//! Logs need no handle: `tracing` and `log` macros inside the plugin arrive in the host's log with level,
//! fields and the provider's name. Span fields do not cross; put what matters on the event.

use crate::export::bridge;

/// The host as one provider instance sees it. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Host {
    instance: u64,
    name: String,
    workers: usize,
}

impl Host {
    pub(crate) const fn new(instance: u64, name: String, workers: usize) -> Self {
        Self { instance, name, workers }
    }

    /// Returns a host for unit tests of a provider: logs go nowhere, metrics are dropped.
    pub fn detached(name: &str) -> Self {
        Self::new(0, name.to_owned(), 1)
    }

    /// Returns the provider's name in plugins.toml.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how many threads the plugin may use for itself, at least 1.
    pub const fn workers(&self) -> usize {
        self.workers
    }

    /// Adds to the counter `name` (`[a-z0-9_]`, at most 64 bytes), shown as `outrigger_plugin_<name>_total`.
    pub fn count(&self, name: &str, by: f64) {
        bridge::metric(self.instance, bridge::COUNTER, name, by);
    }

    /// Sets the gauge `name` (`[a-z0-9_]`, at most 64 bytes), shown as `outrigger_plugin_<name>`.
    pub fn gauge(&self, name: &str, value: f64) {
        bridge::metric(self.instance, bridge::GAUGE, name, value);
    }
}
