//! What plugins.toml can say of this provider.

use std::time::Duration;

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the PostgreSQL store.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Where the server is: `postgres://user[:password]@host[:port][,host...]/database[?sslmode=...]`. Of several hosts
    /// the one that takes writes is used. `sslmode`: `disable`, `prefer` (the default), `require` or `verify-full`.
    #[schemars(extend("x-env" = "ANALYTICS_POSTGRES_URL", "x-secret" = true))]
    pub url: String,
    /// The schema that holds the tables. It is made if it is not there.
    #[serde(default = "schema_name")]
    pub schema: String,
    /// The certificate authority to trust, as PEM text; without it the public ones.
    pub tls_ca: Option<String>,
    /// How long events are kept at least; they leave by whole calendar months (UTC). Absent = forever.
    pub retention: Option<HumanDuration>,
    /// Most connections. One writes at a time; the others answer questions.
    #[serde(default = "connections")]
    #[schemars(range(min = 1, max = 32))]
    pub connections: u32,
    /// How long to try to connect, TLS and credentials included.
    #[serde(default = "connect_timeout")]
    pub connect_timeout: HumanDuration,
    /// How long the server may work on one statement before it gives up; a call's own budget shortens it.
    #[serde(default = "statement_timeout")]
    pub statement_timeout: HumanDuration,
}

fn schema_name() -> String {
    "outrigger".to_owned()
}

/// One that writes, and three questions at a time: each keeps a processor of the server busy.
const fn connections() -> u32 {
    4
}

/// A TCP handshake lost twice is resent after 1 s and 3 s; the rest is for TLS and a server that is busy.
const fn connect_timeout() -> HumanDuration {
    HumanDuration(Duration::from_secs(5))
}

/// A hundred times what a full batch takes; beyond it something holds a lock, and the batch does better waiting outside.
const fn statement_timeout() -> HumanDuration {
    HumanDuration(Duration::from_secs(30))
}

/// PostgreSQL cuts longer names in silence (NAMEDATALEN).
const SCHEMA_BYTES_MAX: usize = 63;

/// The most connections: a server takes 100 unless it is told otherwise, and others need some.
const CONNECTIONS_MAX: u32 = 32;

impl Settings {
    /// Checks what the types alone don't say.
    ///
    /// # Errors
    /// `settings`, which a retry doesn't help.
    pub fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        let plain = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if !plain(&self.schema) || self.schema.len() > SCHEMA_BYTES_MAX {
            return refuse("`schema` must be 1 to 63 of a-z, 0-9 and _, and not begin with a digit");
        }
        if self.schema.starts_with("pg_") {
            return refuse("`schema` must not begin with pg_: PostgreSQL keeps those names for itself");
        }
        if !(1..=CONNECTIONS_MAX).contains(&self.connections) {
            return refuse("`connections` must be between 1 and 32");
        }
        if self.connect_timeout.0.is_zero() || self.statement_timeout.0.as_millis() == 0 {
            return refuse("`connect-timeout` and `statement-timeout` must be at least 1ms");
        }
        if self.retention.is_some_and(|kept| kept.0.as_secs() < 24 * 60 * 60) {
            return refuse("`retention` must be at least \"1d\": events leave by whole months");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
