//! The provider's settings: which project, in which region, as whom.

use base64::{Engine, engine::general_purpose::STANDARD};
use outrigger_plugin_api::{
    sdk::{ProviderError, http::check_url},
    units::ByteCount,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Bytes of an import before compression, as the documentation of 2026 has it.
pub(crate) const BODY_BYTES_MAX: usize = 10_000_000;
/// Fewer than this would not hold one event of the largest size.
const BODY_BYTES_MIN: u64 = 1_100_000;
/// Older copies of the documentation say two megabytes.
const BODY_BYTES: u64 = 2_000_000;

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The project's token.
    #[schemars(extend("x-env" = "MIXPANEL_TOKEN", "x-secret" = true))]
    pub token: String,
    /// Where the project's data lives: <https://api.mixpanel.com>, <https://api-eu.mixpanel.com> or
    /// <https://api-in.mixpanel.com>.
    #[serde(default = "url")]
    #[schemars(extend("x-env" = "MIXPANEL_URL", "x-egress" = true))]
    pub url: String,
    /// A service account that imports events, instead of the token: its user name.
    #[schemars(extend("x-env" = "MIXPANEL_SERVICE_ACCOUNT"))]
    pub service_account: Option<String>,
    /// Its secret.
    #[schemars(extend("x-env" = "MIXPANEL_SERVICE_ACCOUNT_SECRET", "x-secret" = true))]
    pub service_account_secret: Option<String>,
    /// The project's number, which a service account needs.
    #[schemars(extend("x-env" = "MIXPANEL_PROJECT_ID"))]
    pub project_id: Option<String>,
    /// The group key of `group` records, as it is set up in the project.
    #[serde(default = "group_key")]
    pub group_key: String,
    /// Most bytes of a request before compression, from 1100000B to 10000000B.
    #[serde(default = "body_max")]
    pub body_max: ByteCount,
}

fn url() -> String {
    "https://api.mixpanel.com".to_owned()
}

fn group_key() -> String {
    "company".to_owned()
}

const fn body_max() -> ByteCount {
    ByteCount(BODY_BYTES)
}

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        if self.token.trim().is_empty() {
            return refuse("`token` is empty");
        }
        check_url("url", &self.url)?;
        match (&self.service_account, &self.service_account_secret, &self.project_id) {
            (None, None, _) => {}
            (Some(user), Some(secret), Some(project)) => {
                if [user, secret, project].into_iter().any(|text| text.trim().is_empty()) {
                    return refuse("of `service-account`, `service-account-secret` and `project-id` one is empty");
                }
            }
            _ => return refuse("`service-account`, `service-account-secret` and `project-id` belong together"),
        }
        if self.project_id.as_ref().is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_digit())) {
            return refuse("`project-id` is a number, as the project's settings show it");
        }
        if self.group_key.trim().is_empty() {
            return refuse("`group-key` is empty");
        }
        if !(BODY_BYTES_MIN..=BODY_BYTES_MAX as u64).contains(&self.body_max.0) {
            return refuse("`body-max` must be between 1100000B and 10000000B");
        }
        Ok(())
    }

    /// Returns the address of a path with its query.
    pub(crate) fn address(&self, path: &str, query: &str) -> String {
        format!("{}{path}?{query}", self.url.trim_end_matches('/'))
    }

    /// Returns the query that names the project, where one is named.
    pub(crate) fn project(&self) -> String {
        self.project_id.as_ref().map(|id| format!("&project_id={id}")).unwrap_or_default()
    }

    /// Returns who imports: the service account, or else the token as user without a password.
    pub(crate) fn authorization(&self) -> String {
        let user = match (&self.service_account, &self.service_account_secret) {
            (Some(user), Some(secret)) => format!("{user}:{secret}"),
            _ => format!("{}:", self.token),
        };
        format!("Basic {}", STANDARD.encode(user))
    }
}

#[cfg(test)]
mod tests;
