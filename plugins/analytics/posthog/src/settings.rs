//! What plugins.toml can say of this provider.

use outrigger_plugin_api::sdk::{ProviderError, http::check_url};
use schemars::JsonSchema;
use serde::Deserialize;

/// One of PostHog's clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// The United States.
    #[default]
    Us,
    /// The European Union.
    Eu,
}

/// How events are captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// `/batch/`: every server has it; its answer says nothing of single events.
    #[default]
    V0,
    /// `/i/v1/analytics/events`: says of each event what became of it. New in 2026.
    V1,
}

/// Settings of the provider; only the key is needed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The project's API key, `phc_…`.
    #[schemars(extend("x-env" = "POSTHOG_API_KEY", "x-secret" = true))]
    pub api_key: String,
    /// "us" or "eu": PostHog's cloud.
    #[serde(default)]
    #[schemars(extend("x-egress" = ["https://{}.i.posthog.com"]))]
    pub region: Region,
    /// A server of one's own, or a reverse proxy, instead of a cloud.
    #[schemars(extend("x-env" = "POSTHOG_HOST", "x-egress" = true))]
    pub url: Option<String>,
    /// "v0", or "v1" for a verdict of each event.
    #[serde(default)]
    pub protocol: Protocol,
    /// The group type of `group` records that name none in a trait `type`.
    #[serde(default = "group_type")]
    pub group_type: String,
}

fn group_type() -> String {
    "company".to_owned()
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        if self.api_key.trim().is_empty() {
            return Err(ProviderError::settings("`api-key` is empty"));
        }
        if self.api_key.starts_with("phx_") {
            return Err(ProviderError::settings("`api-key` is a personal key; capturing needs the project's, `phc_…`"));
        }
        self.url.iter().try_for_each(|url| check_url("url", url))?;
        if self.group_type.trim().is_empty() {
            return Err(ProviderError::settings("`group-type` is empty"));
        }
        Ok(())
    }

    /// Returns the address that takes events.
    pub(crate) fn address(&self) -> String {
        let base = match (&self.url, self.region) {
            (Some(url), _) => url.trim_end_matches('/'),
            (None, Region::Us) => "https://us.i.posthog.com",
            (None, Region::Eu) => "https://eu.i.posthog.com",
        };
        match self.protocol {
            Protocol::V0 => format!("{base}/batch/"),
            Protocol::V1 => format!("{base}/i/v1/analytics/events"),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({})", self.address())
    }
}
