//! The provider's settings: which site, on which server, and how old an event may be.

use std::time::Duration;

use outrigger_plugin_api::sdk::http::check_url;
use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The site as it is named in Plausible, such as "shop.example"; several, separated by commas, get every event.
    #[schemars(extend("x-env" = "PLAUSIBLE_DOMAIN"))]
    pub domain: String,
    /// Where the server is; set it for a server of your own.
    #[serde(default = "url")]
    #[schemars(extend("x-env" = "PLAUSIBLE_URL", "x-egress" = true))]
    pub url: String,
    /// Events that happened longer ago are refused, because Plausible counts each at the time it arrives.
    #[serde(default = "age_max")]
    pub age_max: HumanDuration,
    /// The `User-Agent` of events whose context has none. Plausible throws away what looks like a robot's.
    #[serde(default = "user_agent")]
    pub user_agent: String,
    /// Most requests at a time.
    #[serde(default = "requests")]
    #[schemars(range(min = 1, max = 64))]
    pub requests: u8,
}

fn url() -> String {
    "https://plausible.io".to_owned()
}

/// An hour moves an event by at most one column of the finest chart; a day's outage would put a day's events into one.
fn age_max() -> HumanDuration {
    HumanDuration(Duration::from_secs(3_600))
}

fn user_agent() -> String {
    concat!("Outrigger/", env!("CARGO_PKG_VERSION")).to_owned()
}

/// At 100 ms a request eight make 80 events a second, as many as a mid-sized site has at its busiest.
fn requests() -> u8 {
    8
}

/// Beyond this a shared server takes requests for an attack.
const REQUESTS_MAX: u8 = 64;

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        if self.domain.split(',').any(|domain| domain.trim().is_empty()) {
            return refuse("`domain` is empty; it is the site's name in Plausible, such as \"shop.example\"");
        }
        if self.domain.contains("://") {
            return refuse("`domain` is a name such as \"shop.example\", without https://");
        }
        check_url("url", &self.url)?;
        if self.requests == 0 || self.requests > REQUESTS_MAX {
            return refuse("`requests` must be between 1 and 64");
        }
        if self.age_max.0.is_zero() {
            return refuse("`age-max` must be longer than 0s");
        }
        Ok(())
    }

    /// Returns the address that takes events.
    pub(crate) fn endpoint(&self) -> String {
        format!("{}/api/event", self.url.trim_end_matches('/'))
    }

    /// Returns the first site's domain, whose addresses stand for pages that name none.
    pub(crate) fn site(&self) -> &str {
        self.domain.split(',').next().unwrap_or_default().trim()
    }
}

#[cfg(test)]
mod tests;
