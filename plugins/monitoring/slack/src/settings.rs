//! The provider's settings: which webhook, how often, and what is worth a message.

use std::time::Duration;

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError, monitoring::Severity};
use schemars::JsonSchema;
use serde::Deserialize;

/// Slack takes one message a second from a webhook, with short bursts.
const WINDOW_LEAST: Duration = Duration::from_secs(1);

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The incoming webhook's URL, which is its own secret: `https://hooks.slack.com/services/…`.
    #[schemars(extend("x-env" = "SLACK_WEBHOOK_URL", "x-secret" = true, "x-egress" = true))]
    pub webhook_url: String,
    /// Least time between two messages; all that comes meanwhile is in the next. "0s" posts every batch at once.
    #[serde(default = "window")]
    pub window: HumanDuration,
    /// How long an error that was shown in full is only counted when it comes again.
    #[serde(default = "repeat_after")]
    pub repeat_after: HumanDuration,
    /// Records less severe than this are not posted: "debug", "info", "warning", "error", "fatal".
    #[serde(default)]
    pub level: Severity,
}

/// Soon enough for a person who reads a channel; a storm is one message a minute.
fn window() -> HumanDuration {
    HumanDuration(Duration::from_secs(60))
}

/// About as long as somebody works on what was shown.
fn repeat_after() -> HumanDuration {
    HumanDuration(Duration::from_secs(3600))
}

impl Settings {
    /// Refuses what can't be meant. No message holds the URL.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let rest = self.webhook_url.strip_prefix("https://").or_else(|| self.webhook_url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.split_once('/').is_none_or(|(host, path)| host.is_empty() || path.is_empty())) {
            return Err(ProviderError::settings(
                "`webhook-url` is no webhook; expected https://hooks.slack.com/services/… as Slack shows it",
            ));
        }
        if !self.window.0.is_zero() && self.window.0 < WINDOW_LEAST {
            return Err(ProviderError::settings(
                "`window` must be at least \"1s\", Slack's bound, or \"0s\" for a server of your own",
            ));
        }
        Ok(())
    }
}
