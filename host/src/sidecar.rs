//! The sidecar: binds the listeners, starts the host, serves every door, and ends in order.
//!
//! Order of the end: the doors stop accepting and finish what is in flight; then every provider is flushed and shut
//! down; health is answered until the process leaves. All of it within the configured grace period.

use std::{net::SocketAddr, time::Duration};

use tokio::sync::watch;
use tracing::{error, info, warn};

use crate::{
    admin, clock,
    config::Sources,
    crash,
    door::{http, redis, upstash},
    host::{Host, StartError, configure},
    observe::process,
    operations::{By, Operations, Reader},
    serve::{Bound, Bounds},
    shutdown::{Asked, Signals},
};

/// Connections of the admin listener, and of the one for metrics: probes and a scraper or two.
const ADMIN_CONNECTIONS_MAX: u32 = 64;
/// Least time the providers get at the end, even if the requests took the whole grace period.
const PROVIDERS_GRACE_MIN: Duration = Duration::from_millis(100);

/// The sidecar could not begin; nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The configuration can't be used any more: it was read a moment ago.
    #[error(transparent)]
    Configuration(#[from] StartError),
    /// A listener could not be bound.
    #[error("can't listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// TLS can't be spoken.
    #[error("the Redis door can't speak TLS")]
    Tls(#[from] redis::TlsError),
    /// The system refuses signal handlers.
    #[error("can't catch signals")]
    Signals(#[source] std::io::Error),
}

impl BeginError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "reload.configuration",
            Self::Bind { .. } => "host.bind",
            Self::Tls(_) => "host.tls",
            Self::Signals(_) => "host.signals",
        }
    }
}

/// Where a sidecar listens.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Addresses {
    /// The data doors.
    pub http: SocketAddr,
    /// The door for Redis clients.
    pub redis: SocketAddr,
    /// Health, metrics, inventory, control.
    pub admin: SocketAddr,
    /// Health, metrics, inventory.
    pub metrics: SocketAddr,
}

/// Runs the host that `sources` describe until the process is told to end; `read` reads them again for a reload. `ready`
/// hears once where it listens, when every provider has started or failed.
///
/// # Errors
/// [`BeginError`].
pub async fn run(sources: Sources, read: Reader, ready: impl FnOnce(&Host, Addresses)) -> Result<(), BeginError> {
    process::begin();
    let (config, catalog) = configure(&sources)?;
    let mut signals = Signals::catch().map_err(BeginError::Signals)?;
    // Bound before anything starts: a port in use must not cost a provider's start and stop.
    let listeners = Listeners {
        http: bind(config.listen.http).await?,
        redis: bind(config.listen.redis).await?,
        tls: redis::Tls::of(&config.redis)?,
        admin: bind(config.listen.admin).await?,
        metrics: bind(config.listen.metrics).await?,
    };
    // Until this returns, whatever ends the process is told at the next start.
    let _watch = crash::watch(&config.journal.dir);
    let host = Host::start(config, catalog).await;
    let addresses = listeners.addresses();
    ready(&host, addresses);
    let Addresses { http, redis, admin, metrics } = addresses;
    info!(%http, %redis, %admin, %metrics, ready = host.readiness().ready, "listening");
    let operations = Operations::new(host.clone(), read, sources.file().map(|(_, text)| text.to_owned()));
    let watching = tokio::spawn(operations.clone().watch(sources.files()));
    serve(host, operations, listeners, &mut signals).await;
    watching.abort();
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<Bound, BeginError> {
    Bound::bind(address).await.map_err(|source| BeginError::Bind { address, source })
}

/// What is bound and does not serve yet.
struct Listeners {
    http: Bound,
    redis: Bound,
    tls: redis::Tls,
    admin: Bound,
    metrics: Bound,
}

impl Listeners {
    const fn addresses(&self) -> Addresses {
        let Self { http, redis, admin, metrics, .. } = self;
        Addresses { http: http.address, redis: redis.address, admin: admin.address, metrics: metrics.address }
    }
}

async fn serve(host: Host, operations: Operations, listeners: Listeners, signals: &mut Signals) {
    let Listeners { http, redis, tls, admin, metrics } = listeners;
    let config = host.config();
    let options = http::Options {
        token: config.auth.token.clone(),
        body_bytes_max: config.limits.body,
        request_timeout: config.limits.request_timeout,
    };
    let bounds = Bounds { connections: config.limits.connections, header_timeout: config.limits.header_timeout };
    let grace = config.shutdown.grace;
    let (stop, stopped) = watch::channel(false);
    let doors = tokio::spawn(http.serve(
        http::app_beside(host.clone(), &options, upstash::routes()),
        bounds,
        stopped.clone(),
        grace,
    ));
    let redis = tokio::spawn(redis::Door::new(redis, &host, tls).serve(stopped, grace));
    let admin_bounds = Bounds { connections: ADMIN_CONNECTIONS_MAX, ..bounds };
    let token = config.auth.token.as_ref();
    let admin_app = admin::app(operations.clone(), admin.address, token);
    let metrics_app = admin::metrics_app(host.clone(), metrics.address, token);
    let (_keep, never) = watch::channel(false);
    let admins = [(admin, admin_app), (metrics, metrics_app)]
        .map(|(bound, app)| tokio::spawn(bound.serve(app, admin_bounds, never.clone(), Duration::ZERO)));
    while signals.next().await == Asked::Reload {
        // Beside the waiting: a signal to end is heeded at any time. Why it was refused is in the log.
        let operations = operations.clone();
        tokio::spawn(async move { drop(operations.reload(By::Signal).await) });
    }
    let began = clock::now();
    let _ = stop.send(true);
    report("HTTP", doors.await.map_err(|error| error.to_string()));
    report(
        "Redis",
        redis.await.map_err(|error| error.to_string()).and_then(|cut| cut.map_err(|error| error.to_string())),
    );
    host.shutdown_within(grace.saturating_sub(clock::since(began)).max(PROVIDERS_GRACE_MIN)).await;
    admins.iter().for_each(tokio::task::JoinHandle::abort);
    info!("ended");
}

/// Says how a door ended.
fn report(door: &str, ended: Result<usize, String>) {
    match ended {
        Ok(0) => info!(door, "every request in flight was answered"),
        Ok(cut) => {
            warn!(code = "host.requests_cut", door, cut, "requests were still in flight at the end of the grace period")
        }
        Err(error) => error!(code = "host.door_failed", door, "the door ended early: {error}"),
    }
}
