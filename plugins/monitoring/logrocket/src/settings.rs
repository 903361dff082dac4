//! The provider's settings: which app at LogRocket, and as whom.

use std::time::Duration;

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The app's id as LogRocket shows it: `organisation/app`.
    #[schemars(extend("x-env" = "LOGROCKET_APP_ID"))]
    pub app_id: String,
    /// The app's API key, from its general settings.
    #[schemars(extend("x-env" = "LOGROCKET_API_KEY", "x-secret" = true))]
    pub api_key: String,
    /// Where LogRocket's API is.
    #[serde(default = "url")]
    #[schemars(extend("x-egress" = true))]
    pub url: String,
    /// How long a user's traits are not sent again while they stay the same.
    #[serde(default = "repeat_after")]
    pub repeat_after: HumanDuration,
}

fn url() -> String {
    "https://api.logrocket.com".to_owned()
}

/// Often enough to mend what somebody changed by hand at LogRocket.
fn repeat_after() -> HumanDuration {
    HumanDuration(Duration::from_secs(86_400))
}

impl Settings {
    /// Returns the address under which users are, without a slash at its end.
    pub(crate) fn users(&self) -> Result<String, ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        let named = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let Some((organisation, app)) = self.app_id.split_once('/').filter(|(one, other)| named(one) && named(other))
        else {
            return refuse("`app-id` is no app's id; expected organisation/app, as LogRocket's settings show it");
        };
        if self.api_key.is_empty() || self.api_key.contains(|letter: char| letter.is_control() || letter == ' ') {
            return refuse("`api-key` is no API key");
        }
        if !["https://", "http://"].iter().any(|scheme| self.url.len() > scheme.len() && self.url.starts_with(scheme)) {
            return refuse("`url` is no address; expected https://HOST");
        }
        Ok(format!("{}/v1/orgs/{organisation}/apps/{app}/users", self.url.trim_end_matches('/')))
    }
}
