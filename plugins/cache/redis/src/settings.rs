//! What plugins.toml can say of this provider.

use std::time::Duration;

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use redis::{ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, TlsCertificates, io::tcp::TcpSettings};
use schemars::JsonSchema;
use serde::Deserialize;

/// How the servers are organised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One server, or one address that always leads to the master.
    #[default]
    Single,
    /// A master that sentinels name; the URLs are the sentinels'.
    Sentinel,
    /// Redis Cluster; the URLs are some of its nodes.
    Cluster,
}

/// Settings of the Redis cache.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Where the server is: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS, `unix:///path`.
    /// With sentinels or a cluster, the first of them.
    #[schemars(extend("x-env" = "REDIS_URL", "x-secret" = true))]
    pub url: String,
    /// Further sentinels or cluster nodes, asked where the first does not answer.
    #[serde(default)]
    #[schemars(extend("x-secret" = true))]
    pub urls: Vec<String>,
    /// How the servers are organised.
    #[serde(default)]
    pub mode: Mode,
    /// The master's name, as sentinels know it.
    pub sentinel_master: Option<String>,
    /// Overrides the URL's user name.
    pub username: Option<String>,
    /// Overrides the URL's password.
    #[schemars(extend("x-env" = "REDIS_PASSWORD", "x-secret" = true))]
    pub password: Option<String>,
    /// Overrides the URL's database number. A cluster has only 0.
    pub database: Option<u16>,
    /// Stands before every key, so that several applications can share a database.
    #[serde(default)]
    pub key_prefix: String,
    /// The certificate authority to trust, as PEM text; without it the public ones.
    pub tls_ca: Option<String>,
    /// How long to try to connect, TLS and credentials included.
    #[serde(default = "connect_timeout")]
    pub connect_timeout: HumanDuration,
    /// Longest wait for one answer; a call's own budget shortens it.
    #[serde(default = "response_timeout")]
    pub response_timeout: HumanDuration,
    /// Connections, each shared by all calls. More than one keeps a huge value from delaying everything else.
    #[serde(default = "connections")]
    #[schemars(range(min = 1, max = 64))]
    pub connections: u8,
    /// Longest pause between two tries to reconnect; pauses start at 50ms and double.
    #[serde(default = "reconnect_max_wait")]
    pub reconnect_max_wait: HumanDuration,
}

/// A TCP handshake lost twice is resent after 1 s and 3 s: two seconds forgive one loss.
fn connect_timeout() -> HumanDuration {
    HumanDuration(Duration::from_secs(2))
}

/// A thousand times a usual answer. A cache that takes longer is no help to the caller.
fn response_timeout() -> HumanDuration {
    HumanDuration(Duration::from_secs(1))
}

/// One: the more calls share a connection, the more of them share a system call.
fn connections() -> u8 {
    1
}

/// Longer than this and people wait for the cache after the server is back.
fn reconnect_max_wait() -> HumanDuration {
    HumanDuration(Duration::from_secs(5))
}

/// The most connections: beyond it they cost the server more than they bring here.
const CONNECTIONS_MAX: u8 = 64;

impl Settings {
    /// Returns the addresses with credentials, database and socket options, the first URL's first.
    pub(crate) fn servers(&self) -> Result<Vec<ConnectionInfo>, ProviderError> {
        let urls = std::iter::once(&self.url).chain(&self.urls);
        urls.enumerate().map(|(index, url)| parse(index, url)).collect()
    }

    /// Returns who to be at a server: the URL's user and database where the settings name none.
    pub(crate) fn identity(&self, server: &ConnectionInfo) -> RedisConnectionInfo {
        let mut identity = server.redis_settings().clone().set_lib_name("outrigger", env!("CARGO_PKG_VERSION"));
        if let Some(username) = &self.username {
            identity = identity.set_username(username);
        }
        if let Some(password) = &self.password {
            identity = identity.set_password(password);
        }
        if let Some(database) = self.database {
            identity = identity.set_db(i64::from(database));
        }
        identity
    }

    /// Returns the authority to trust instead of the public ones.
    pub(crate) fn authority(&self) -> Option<TlsCertificates> {
        let pem = self.tls_ca.as_ref()?;
        Some(TlsCertificates { client_tls: None, root_cert: Some(pem.clone().into_bytes()) })
    }

    /// Refuses what can't be meant.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        let refuse = |why: &str| Err(ProviderError::settings(why));
        match self.mode {
            Mode::Single if !self.urls.is_empty() => refuse("`urls` needs mode = \"sentinel\" or \"cluster\""),
            Mode::Sentinel if self.sentinel_master.is_none() => {
                refuse("mode = \"sentinel\" needs `sentinel-master`, the name the sentinels know the master by")
            }
            Mode::Single | Mode::Cluster if self.sentinel_master.is_some() => {
                refuse("`sentinel-master` needs mode = \"sentinel\"")
            }
            Mode::Cluster if self.database.is_some_and(|database| database != 0) => {
                refuse("a cluster has only `database` 0")
            }
            _ if self.connections == 0 || self.connections > CONNECTIONS_MAX => {
                refuse("`connections` must be between 1 and 64")
            }
            _ if self.connect_timeout.0.is_zero() || self.response_timeout.0.is_zero() => {
                refuse("`connect-timeout` and `response-timeout` must be longer than 0s")
            }
            _ => Ok(()),
        }
    }
}

/// Reads one URL. The error names its place, never its text: it may hold a password.
fn parse(index: usize, url: &str) -> Result<ConnectionInfo, ProviderError> {
    let name = if index == 0 { "`url`".to_owned() } else { format!("number {index} of `urls`") };
    let refuse = |why: &str| {
        ProviderError::settings(format!(
            "{name} {why}; expected redis://[user:password@]host[:port][/database], rediss:// for TLS, or unix:///path"
        ))
    };
    if redis::parse_redis_url(url).is_none() {
        return Err(refuse("is no Redis URL"));
    }
    let info = url.into_connection_info().map_err(|_| refuse("can't be read as a Redis URL"))?;
    // Off by default in this version of the client: Nagle's algorithm halves the throughput of a shared connection.
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

#[cfg(test)]
mod tests;
