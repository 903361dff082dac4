//! What plugins.toml can say of a webhook.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::ProviderError;
use outrigger_plugin_api::sdk::http::check_url;
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Where batches are posted. Secret, because many receivers put a token into it.
    #[schemars(extend("x-env" = "WEBHOOK_URL", "x-secret" = true, "x-egress" = true))]
    pub url: String,
    /// Signs each request with HMAC-SHA256; without it requests are not signed.
    #[schemars(extend("x-env" = "WEBHOOK_SECRET", "x-secret" = true))]
    pub secret: Option<String>,
    /// Further headers by name. Secret, because one of them is usually a token.
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    pub headers: BTreeMap<String, String>,
}

/// Headers that this provider or HTTP itself sets.
const TAKEN: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "idempotency-key",
    "transfer-encoding",
    crate::SIGNATURE,
];

impl Settings {
    /// Checks what the types alone don't say. No message repeats a value: each may be secret.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: String| Err(ProviderError::settings(why));
        check_url("url", &self.url)?;
        if self.secret.as_ref().is_some_and(String::is_empty) {
            return refuse("`secret` is empty; leave it out to send requests unsigned".to_owned());
        }
        for (name, value) in &self.headers {
            let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            if name.is_empty() || !name.bytes().all(token) {
                return refuse(format!("`headers` has {name:?}, which is no header's name"));
            }
            if TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
                return refuse(format!("`headers.{name}` can't be set: the provider sets it itself"));
            }
            if !value.bytes().all(|byte| byte == b'\t' || (b' '..0x7f).contains(&byte)) {
                return refuse(format!("`headers.{name}` has characters that a header can't carry"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
