//! What plugins.toml can say of this provider.

use outrigger_plugin_api::sdk::ProviderError;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where Google collects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Anywhere.
    #[default]
    Global,
    /// In the European Union.
    Eu,
}

/// Settings of the provider. The first two are needed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The web stream's measurement id, `G-…`.
    #[schemars(extend("x-env" = "GOOGLE_ANALYTICS_MEASUREMENT_ID"))]
    pub measurement_id: String,
    /// A secret of the stream: Admin, Data Streams, Measurement Protocol API secrets.
    #[schemars(extend("x-env" = "GOOGLE_ANALYTICS_API_SECRET", "x-secret" = true))]
    pub api_secret: String,
    /// "global" or "eu": where the data is collected.
    #[serde(default)]
    #[schemars(extend("x-egress" = ["https://www.google-analytics.com", "https://region1.google-analytics.com"]))]
    pub region: Region,
    /// Another server instead, such as a proxy of one's own.
    #[schemars(extend("x-egress" = true))]
    pub url: Option<String>,
    /// Has Google validate each event first, and rejects what it objects to with its words. Twice the requests, one event
    /// each: for trying things out.
    #[serde(default)]
    pub validate: bool,
    /// Rejects an event of which Google would cut or drop a part. Otherwise the part is cut or left out here, and counted.
    #[serde(default)]
    pub strict: bool,
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        if !self.measurement_id.starts_with("G-") || !plain(&self.measurement_id) {
            return Err(ProviderError::settings("measurement-id must be the id of a web stream, such as G-ABC123"));
        }
        if self.api_secret.is_empty() || !plain(&self.api_secret) {
            return Err(ProviderError::settings("api-secret must be letters, digits, `-` and `_`"));
        }
        Ok(())
    }

    /// Returns the address of `path`, with the id and the secret in its query: the protocol knows no header for them.
    pub(crate) fn address(&self, path: &str) -> String {
        let base = match (&self.url, self.region) {
            (Some(url), _) => url.trim_end_matches('/'),
            (None, Region::Global) => "https://www.google-analytics.com",
            (None, Region::Eu) => "https://region1.google-analytics.com",
        };
        format!("{base}{path}?measurement_id={}&api_secret={}", self.measurement_id, self.api_secret)
    }
}

/// What stands in a query as it is.
fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({})", self.measurement_id)
    }
}
