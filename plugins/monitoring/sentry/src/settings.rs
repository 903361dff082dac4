//! What plugins.toml can say of this provider.

use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the provider; only the DSN is needed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// The project's DSN: `https://KEY@HOST[/PATH]/PROJECT`. Of Sentry or of any server that takes its envelopes.
    #[schemars(extend("x-env" = "SENTRY_DSN", "x-secret" = true, "x-egress" = true))]
    pub dsn: String,
    /// The app's version where a record names none, such as `shop@1.4.2`. Sessions need one.
    #[schemars(extend("x-env" = "SENTRY_RELEASE"))]
    pub release: Option<String>,
    /// The environment where a record names none.
    #[schemars(extend("x-env" = "SENTRY_ENVIRONMENT"))]
    pub environment: Option<String>,
    /// The machine's name on every event; none by default, because the app and this process may run on different ones.
    pub server_name: Option<String>,
    /// Which part of errors and messages is sent, from 0 to 1. A retry decides as the first try did.
    #[serde(default = "everything")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sample_rate: f64,
    /// Which part of timings is sent, from 0 to 1; all of one trace or none of it.
    #[serde(default = "everything")]
    #[schemars(extend("x-env" = "SENTRY_TRACES_SAMPLE_RATE"), range(min = 0.0, max = 1.0))]
    pub traces_sample_rate: f64,
}

const fn everything() -> f64 {
    1.0
}
