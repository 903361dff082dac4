//! What plugins.toml can say of this provider.

use outrigger_plugin_api::sdk::ProviderError;
use schemars::JsonSchema;
use serde::Deserialize;

/// Datadog's sites (docs.datadoghq.com, "Getting Started with Datadog Sites", read 2026-11-22).
const SITES: [&str; 9] = [
    "datadoghq.com",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
    "datadoghq.eu",
    "ddog-gov.com",
    "us2.ddog-gov.com",
];

/// What timings become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spans {
    /// Counts of hits, errors and milliseconds.
    #[default]
    Metrics,
    /// A log each, with its duration.
    Logs,
}

/// What named events become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Events {
    /// A log each.
    #[default]
    Logs,
    /// An event of Datadog's each, which dashboards can lay over graphs. One request each.
    Events,
}

/// Settings of the provider; only the key is needed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// An API key of the organisation; an application key is not needed.
    #[schemars(extend("x-env" = "DD_API_KEY", "x-secret" = true))]
    pub api_key: String,
    /// The organisation's site, such as "datadoghq.eu".
    #[serde(default = "site")]
    #[schemars(extend("x-env" = "DD_SITE", "x-egress" = ["https://http-intake.logs.{}", "https://api.{}"]))]
    pub site: String,
    /// Another server for all requests, such as a proxy of one's own.
    #[schemars(extend("x-egress" = true))]
    pub url: Option<String>,
    /// The service that errors are grouped under: Error Tracking needs one.
    #[serde(default = "service")]
    #[schemars(extend("x-env" = "DD_SERVICE"))]
    pub service: String,
    /// The environment where a record names none.
    #[schemars(extend("x-env" = "DD_ENV"))]
    pub env: Option<String>,
    /// The version where a record names none.
    #[schemars(extend("x-env" = "DD_VERSION"))]
    pub version: Option<String>,
    /// The machine's name; none by default, because the app and this process may run on different ones.
    #[schemars(extend("x-env" = "DD_HOSTNAME"))]
    pub hostname: Option<String>,
    /// Tags of everything, such as `"team:platform"`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// "metrics", or "logs": what timings become.
    #[serde(default)]
    pub spans: Spans,
    /// "logs", or "events": what named events become.
    #[serde(default)]
    pub events: Events,
}

fn site() -> String {
    "datadoghq.com".to_owned()
}

fn service() -> String {
    "app".to_owned()
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: String| Err(ProviderError::settings(why));
        if self.api_key.trim().is_empty() {
            return refuse("`api-key` is empty".into());
        }
        if !SITES.contains(&self.site.as_str()) {
            return refuse(format!("`site` is none of Datadog's: {}", SITES.join(", ")));
        }
        if self.service.trim().is_empty() {
            return refuse("`service` is empty; Error Tracking needs one".into());
        }
        match self.tags.iter().find(|tag| tag.contains(',') || tag.trim().is_empty()) {
            Some(tag) => refuse(format!("`tags` holds `{tag}`; a tag is not empty and has no comma")),
            None => Ok(()),
        }
    }

    /// Returns the address that takes logs.
    pub(crate) fn logs(&self) -> String {
        match &self.url {
            Some(url) => format!("{}/api/v2/logs", url.trim_end_matches('/')),
            None => format!("https://http-intake.logs.{}/api/v2/logs", self.site),
        }
    }

    /// Returns the address of `path` of the API.
    pub(crate) fn api(&self, path: &str) -> String {
        match &self.url {
            Some(url) => format!("{}{path}", url.trim_end_matches('/')),
            None => format!("https://api.{}{path}", self.site),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({})", self.site)
    }
}
