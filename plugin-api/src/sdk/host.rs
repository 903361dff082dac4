//! What a provider can ask of the host.
//!
//! Logs need no handle: `tracing` and `log` macros inside the plugin arrive in the host's log with level,
//! fields and the provider's name. Span fields do not cross; put what matters on the event.

use super::ProviderError;
use super::http::{Http, Request, Response};
use crate::export::bridge;

/// The host as one provider instance sees it. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Host {
    instance: u64,
    name: String,
    workers: usize,
    http: Http,
}

impl Host {
    pub(crate) const fn new(instance: u64, name: String, workers: usize) -> Self {
        Self { instance, name, workers, http: Http::of(instance) }
    }

    /// Returns a host for unit tests of a provider: logs go nowhere, metrics are dropped, HTTP is `unsupported`.
    pub fn detached(name: &str) -> Self {
        Self::new(0, name.to_owned(), 1)
    }

    /// Returns a host for unit tests whose HTTP requests `answer` answers.
    pub fn answering(
        name: &str,
        answer: impl Fn(Request) -> Result<Response, ProviderError> + Send + Sync + 'static,
    ) -> Self {
        Self { http: Http::answered_by(answer), ..Self::detached(name) }
    }

    /// Returns the provider's name in plugins.toml.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how many threads the plugin may use for itself, at least 1.
    pub const fn workers(&self) -> usize {
        self.workers
    }

    /// Returns the HTTP client that the host runs for this provider. It reaches only what the settings marked
    /// `x-egress` name.
    pub const fn http(&self) -> &Http {
        &self.http
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
