//! What plugins.toml can say of this provider.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ByteCount, HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::Deserialize;

/// How the server writes bytes in its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As Base64, which every byte survives.
    #[default]
    Base64,
    /// As JSON text, for emulators that don't know better. What is not UTF-8 is lost on the way.
    Plain,
}

/// Settings of the Upstash cache.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The database's REST URL, such as `https://eu1-merry-cat-32748.upstash.io`.
    #[schemars(extend("x-env" = "UPSTASH_REDIS_REST_URL", "x-egress" = true))]
    pub url: String,
    /// The standard token of the database, or one of an ACL user. A read-only token can't write, scan or run scripts.
    #[schemars(extend("x-env" = "UPSTASH_REDIS_REST_TOKEN", "x-secret" = true))]
    pub token: String,
    /// Stands before every key, so that several applications can share a database.
    #[serde(default)]
    pub key_prefix: String,
    /// Longest wait for one answer; a call's own budget shortens it.
    #[serde(default = "response_timeout")]
    pub response_timeout: HumanDuration,
    /// Largest body of one request. Batches are split to fit; a single larger operation is refused.
    #[serde(default = "request_max")]
    pub request_max: ByteCount,
    /// Whether reads see the writes that this provider made before, in databases with replicas.
    #[serde(default = "read_your_writes")]
    pub read_your_writes: bool,
    /// "base64", or "plain" for emulators that can't answer in Base64: values that aren't UTF-8 are lost then.
    #[serde(default)]
    pub encoding: Encoding,
}

/// Ten times a usual answer over the public net, a handshake and a lost packet included.
fn response_timeout() -> HumanDuration {
    HumanDuration(Duration::from_secs(3))
}

/// Upstash's smaller plans take 10 MB; the largest whole number of MiB below.
fn request_max() -> ByteCount {
    ByteCount(9 << 20)
}

const fn read_your_writes() -> bool {
    true
}

impl Settings {
    /// Returns the URL without a slash at its end.
    ///
    /// # Errors
    /// `settings` where something can't be meant.
    pub(crate) fn checked_url(&self) -> Result<String, ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        let url = self.url.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|host| host.is_empty() || host.contains(['?', '#', '@'])) {
            return refuse("`url` is no REST URL; expected https://HOST, as the console's REST section shows it");
        }
        if self.token.is_empty() || self.token.contains(|letter: char| letter.is_control() || letter == ' ') {
            return refuse("`token` is no REST token; copy it from the console's REST section");
        }
        if self.response_timeout.0.is_zero() {
            return refuse("`response-timeout` must be longer than 0s");
        }
        if self.request_max.0 < REQUEST_MAX_LEAST {
            return refuse("`request-max` must be at least \"64KiB\": scripts and the longest key have to fit");
        }
        Ok(url.to_owned())
    }
}

/// Two keys of 32 KiB, the longest that Upstash takes.
const REQUEST_MAX_LEAST: u64 = 64 << 10;

#[cfg(test)]
mod tests;
