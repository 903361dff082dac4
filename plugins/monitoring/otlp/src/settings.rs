//! What plugins.toml can say of this provider, with the variables that every OpenTelemetry exporter reads.
//!
//! Source: opentelemetry.io, "OTLP Exporter Configuration", read 2026-11-23.

use outrigger_plugin_api::sdk::{ByteCount, ProviderError, http::check_url};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    deliver::{Headers, Target},
    pairs,
};

/// Headers that are the provider's own business, or the host's.
const HEADERS_TAKEN: [&str; 5] = ["content-type", "content-encoding", "content-length", "host", "transfer-encoding"];
/// Least bytes of a request that `request-bytes-max` may ask for: most records fit.
const REQUEST_BYTES_MIN: u64 = 16 << 10;
/// Most bytes likewise: what a receiver should take at most, by the specification of OTLP/HTTP.
const REQUEST_BYTES_MAX: u64 = 20 << 20;

/// A stream of data with an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// Errors, events and log lines.
    Logs,
    /// Timings.
    Traces,
}

/// How bodies are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// What every OTLP server must take.
    #[default]
    Gzip,
    /// Not at all.
    None,
}

/// Settings of the provider; without any it speaks to a collector on this machine.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The server; /v1/logs and /v1/traces are added to it.
    #[serde(default = "endpoint")]
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_ENDPOINT", "x-egress" = true))]
    pub endpoint: String,
    /// The whole address for logs, where it is another.
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "x-egress" = true))]
    pub logs_endpoint: Option<String>,
    /// The whole address for traces, where it is another.
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "x-egress" = true))]
    pub traces_endpoint: Option<String>,
    /// Headers of every request, such as `"api-key=…"`; values are percent-encoded.
    #[serde(default)]
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_HEADERS", "x-secret" = true))]
    pub headers: Vec<String>,
    /// Headers for logs in place of those above.
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_LOGS_HEADERS", "x-secret" = true))]
    pub logs_headers: Option<Vec<String>>,
    /// Headers for traces in place of those above.
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-secret" = true))]
    pub traces_headers: Option<Vec<String>>,
    /// The app's name, `service.name`; it counts more than one among the resource's attributes.
    #[schemars(extend("x-env" = "OTEL_SERVICE_NAME"))]
    pub service: Option<String>,
    /// What everything comes from, such as `"service.namespace=shop"`; values are percent-encoded.
    #[serde(default)]
    #[schemars(extend("x-env" = "OTEL_RESOURCE_ATTRIBUTES"))]
    pub resource_attributes: Vec<String>,
    /// "gzip" or "none".
    #[serde(default)]
    #[schemars(extend("x-env" = "OTEL_EXPORTER_OTLP_COMPRESSION"))]
    pub compression: Compression,
    /// What is sent: "logs", "traces" or both. Records of the other signal are unsupported.
    #[serde(default = "signals")]
    pub signals: Vec<Signal>,
    /// Most bytes of one request before compression, from "16KiB" to "20MiB".
    #[serde(default = "request_bytes_max")]
    pub request_bytes_max: ByteCount,
}

/// The default of every OTLP/HTTP exporter: a collector beside the app.
fn endpoint() -> String {
    "http://localhost:4318".to_owned()
}

fn signals() -> Vec<Signal> {
    vec![Signal::Logs, Signal::Traces]
}

/// What gRPC receivers take by default, and so the least that collectors are set to.
fn request_bytes_max() -> ByteCount {
    ByteCount(4 << 20)
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        check_url("endpoint", &self.endpoint)?;
        self.logs_endpoint.iter().try_for_each(|url| check_url("logs-endpoint", url))?;
        self.traces_endpoint.iter().try_for_each(|url| check_url("traces-endpoint", url))?;
        if self.signals.is_empty() {
            return refuse("`signals` is empty; it holds \"logs\", \"traces\" or both");
        }
        if self.service.as_ref().is_some_and(|service| service.trim().is_empty()) {
            return refuse("`service` is empty");
        }
        if !(REQUEST_BYTES_MIN..=REQUEST_BYTES_MAX).contains(&self.request_bytes_max.0) {
            return refuse("`request-bytes-max` must be between 16KiB and 20MiB");
        }
        Ok(())
    }

    /// Returns the bound on a request, which [`Self::check`] holds far below any `usize`.
    pub(crate) fn request_bytes_max(&self) -> usize {
        usize::try_from(self.request_bytes_max.0).unwrap_or(usize::MAX)
    }

    /// Returns where a signal goes, with its headers; `None` if it is not sent.
    ///
    /// # Errors
    /// `settings`, where a header is none.
    pub(crate) fn target(&self, signal: Signal) -> Result<Option<Target>, ProviderError> {
        let (url, path) = match signal {
            Signal::Logs => (&self.logs_endpoint, "/v1/logs"),
            Signal::Traces => (&self.traces_endpoint, "/v1/traces"),
        };
        let (name, headers) = match (signal, &self.logs_headers, &self.traces_headers) {
            (Signal::Logs, Some(own), _) => ("logs-headers", own),
            (Signal::Traces, _, Some(own)) => ("traces-headers", own),
            _ => ("headers", &self.headers),
        };
        let headers = pairs::read(name, headers)?;
        if let Some((header, _)) = headers.iter().find(|(header, value)| !valid(header, value)) {
            return Err(ProviderError::settings(format!("`{name}` can't set `{header}`, or not to that value")));
        }
        let url = url.clone().unwrap_or_else(|| format!("{}{path}", self.endpoint.trim_end_matches('/')));
        let target = Target { url, headers: Headers::of(headers), gzip: self.compression == Compression::Gzip };
        Ok(self.signals.contains(&signal).then_some(target))
    }
}

/// Tells whether a header may be sent: a name of RFC 9110, section 5.6.2, and a value without control characters.
fn valid(name: &str, value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    name.bytes().all(token)
        && !HEADERS_TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken))
        && !value.chars().any(char::is_control)
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({:?})", self.signals)
    }
}

#[cfg(test)]
mod tests;
