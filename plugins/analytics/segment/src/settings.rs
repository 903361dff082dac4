//! The provider's settings: which source, and where its server is.

use outrigger_plugin_api::sdk::ProviderError;
use outrigger_plugin_api::sdk::http::check_url;
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The source's write key.
    #[schemars(extend("x-env" = "SEGMENT_WRITE_KEY", "x-secret" = true))]
    pub write_key: String,
    /// Where the server is: <https://api.segment.io>, <https://events.eu1.segmentapis.com> for the EU region, or one that
    /// speaks the same protocol, such as RudderStack's data plane.
    #[serde(default = "url")]
    #[schemars(extend("x-env" = "SEGMENT_URL", "x-egress" = true))]
    pub url: String,
    /// Whether requests are compressed. Segment and RudderStack take it; other servers may not.
    #[serde(default)]
    pub gzip: bool,
}

fn url() -> String {
    "https://api.segment.io".to_owned()
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        if self.write_key.trim().is_empty() {
            return refuse("`write-key` is empty");
        }
        if self.write_key.contains(':') {
            // What follows it would be sent as a password, which no server expects.
            return refuse("`write-key` contains a colon; it is the source's write key alone");
        }
        check_url("url", &self.url)?;
        Ok(())
    }

    /// Returns the address that takes batches.
    pub(crate) fn address(&self) -> String {
        let base = self.url.trim_end_matches('/');
        format!("{}/v1/batch", base.strip_suffix("/v1").unwrap_or(base))
    }
}

#[cfg(test)]
mod tests;
