//! Opens one connection: to a server, or to the master that sentinels name.

use std::time::Duration;

use outrigger_plugin_api::sdk::ProviderError;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, RedisResult, TlsMode, Value,
    aio::MultiplexedConnection,
    io::tcp::TcpSettings,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use tokio::sync::Mutex;

use crate::{
    failure::{from_client, from_server},
    settings::{Mode, Settings},
};

/// Opens connections that are alike.
pub(crate) struct Opener {
    server: Server,
    config: AsyncConnectionConfig,
    timeout: Duration,
}

enum Server {
    At(Box<Client>),
    /// Sentinels are asked anew for every connection: a failover gives another master.
    Behind(Box<Mutex<SentinelClient>>),
}

impl Opener {
    pub(crate) fn new(settings: &Settings) -> Result<Self, ProviderError> {
        let timeout = settings.connect_timeout.0;
        // Answers are bounded per call, by the smaller of two limits; the client knows only one.
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(None);
        let servers = settings.servers()?;
        let server = match settings.mode {
            Mode::Sentinel => behind(settings, servers),
            _ => at(settings, servers),
        };
        Ok(Self { server: server.map_err(|error| from_client(&error))?, config, timeout })
    }

    /// Opens one that answers, within the time for connecting.
    pub(crate) async fn open(&self) -> Result<MultiplexedConnection, ProviderError> {
        let opened = tokio::time::timeout(self.timeout, async {
            let mut connection = self.connect().await.map_err(|error| from_client(&error))?;
            // A server that wants a password, is still loading or has no room says so only to a command.
            match connection.send_packed_command(&redis::cmd("PING")).await {
                Ok(Value::ServerError(error)) => Err(from_server(&error)),
                Ok(_) => Ok(connection),
                Err(error) => Err(from_client(&error)),
            }
        });
        let late = || Err(ProviderError::unavailable(format!("no connection to redis within {:?}", self.timeout)));
        opened.await.unwrap_or_else(|_| late())
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match &self.server {
            Server::At(client) => client.get_multiplexed_async_connection_with_config(&self.config).await,
            Server::Behind(sentinels) => sentinels.lock().await.get_async_connection_with_config(&self.config).await,
        }
    }
}

fn at(settings: &Settings, servers: Vec<ConnectionInfo>) -> RedisResult<Server> {
    let mut servers = servers.into_iter();
    let Some(info) = servers.next() else {
        return Err((redis::ErrorKind::InvalidClientConfig, "no URL").into());
    };
    let identity = settings.identity(&info);
    let info = info.set_redis_settings(identity);
    let client = match settings.authority() {
        Some(authority) => Client::build_with_tls(info, authority),
        None => Client::open(info),
    };
    client.map(|client| Server::At(Box::new(client)))
}

/// The sentinels' URLs say who to be at the sentinels; the settings say who to be at the master.
fn behind(settings: &Settings, sentinels: Vec<ConnectionInfo>) -> RedisResult<Server> {
    let first = sentinels.first().map(|info| (info.redis_settings().clone(), info.addr().clone()));
    let Some((at_sentinel, address)) = first else {
        return Err((redis::ErrorKind::EmptySentinelList, "no URL").into());
    };
    let tcp = TcpSettings::default().set_nodelay(true);
    let master = settings.sentinel_master.as_deref().unwrap_or_default();
    let addresses: Vec<_> = sentinels.iter().map(|info| info.addr().clone()).collect();
    let mut builder = SentinelClientBuilder::new(addresses, master, SentinelServerType::Master)?
        .set_client_to_redis_db(i64::from(settings.database.unwrap_or(0)))
        .set_client_to_redis_tcp_settings(tcp.clone())
        .set_client_to_sentinel_tcp_settings(tcp);
    if matches!(address, ConnectionAddr::TcpTls { .. }) {
        builder =
            builder.set_client_to_redis_tls_mode(TlsMode::Secure).set_client_to_sentinel_tls_mode(TlsMode::Secure);
    }
    if let Some(authority) = settings.authority() {
        builder =
            builder.set_client_to_redis_certificates(authority.clone()).set_client_to_sentinel_certificates(authority);
    }
    if let Some(username) = &settings.username {
        builder = builder.set_client_to_redis_username(username);
    }
    if let Some(password) = &settings.password {
        builder = builder.set_client_to_redis_password(password);
    }
    if let Some(username) = at_sentinel.username() {
        builder = builder.set_client_to_sentinel_username(username);
    }
    if let Some(password) = at_sentinel.password() {
        builder = builder.set_client_to_sentinel_password(password);
    }
    Ok(Server::Behind(Box::new(Mutex::new(builder.build()?))))
}
