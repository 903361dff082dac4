//! The provider's settings: which project, in which region, by which of the two endpoints.

use outrigger_plugin_api::sdk::ProviderError;
use outrigger_plugin_api::sdk::http::check_url;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which of Amplitude's two endpoints gets the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// `/2/httpapi`: shown within seconds; at most 1 MB a request and 30 events a second of one user.
    #[default]
    HttpApi,
    /// `/batch`: shown within minutes; at most 20 MB a request and 1,000 events a second of one user.
    Batch,
}

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The project's API key.
    #[schemars(extend("x-env" = "AMPLITUDE_API_KEY", "x-secret" = true))]
    pub api_key: String,
    /// Where the project lives: <https://api2.amplitude.com>, or <https://api.eu.amplitude.com> for the EU region.
    #[serde(default = "url")]
    #[schemars(extend("x-env" = "AMPLITUDE_URL", "x-egress" = true))]
    pub url: String,
    /// "httpapi", or "batch" for many events of few users.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// Fewest characters of a user's or device's id; absent = Amplitude's own bound, 5.
    #[schemars(range(min = 1, max = 255))]
    pub min_id_length: Option<u8>,
    /// The group type of `group` records: Amplitude has several kinds of group, Segment's call names none.
    #[serde(default = "group_type")]
    pub group_type: String,
}

fn url() -> String {
    "https://api2.amplitude.com".to_owned()
}

fn group_type() -> String {
    "group".to_owned()
}

/// Amplitude's bound where a request names no other.
const ID_CHARS_MIN: u8 = 5;

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        if self.api_key.trim().is_empty() {
            return refuse("`api-key` is empty");
        }
        check_url("url", &self.url)?;
        if self.min_id_length == Some(0) {
            return refuse("`min-id-length` must be between 1 and 255");
        }
        if self.group_type.trim().is_empty() {
            return refuse("`group-type` is empty");
        }
        Ok(())
    }

    /// Returns the address that takes events.
    pub(crate) fn address(&self) -> String {
        let path = match self.endpoint {
            Endpoint::HttpApi => "2/httpapi",
            Endpoint::Batch => "batch",
        };
        format!("{}/{path}", self.url.trim_end_matches('/'))
    }

    /// Returns the most bytes of a request. A megabyte is read as the smaller of its two meanings.
    pub(crate) const fn body_bytes_max(&self) -> usize {
        match self.endpoint {
            Endpoint::HttpApi => 1_000_000,
            Endpoint::Batch => 20_000_000,
        }
    }

    /// Returns the fewest characters of an id that Amplitude keeps.
    pub(crate) fn id_chars_min(&self) -> usize {
        self.min_id_length.unwrap_or(ID_CHARS_MIN).into()
    }
}

#[cfg(test)]
mod tests;
