//! The sidecar: binds the listeners, starts the host, serves every door, and ends in order.
//!
//! Order of the end: the doors stop accepting and finish what is in flight; then every provider is flushed and shut
//! down; health is answered until the process leaves. All of it within the configured grace period.

use std::{net::SocketAddr, time::Duration};

use tokio::sync::watch;
use tracing::{error, info, warn};

use crate::{
    admin, clock,
    config::Config,
    door::http,
    host::Host,
    plugin::Catalog,
    serve::{Bound, Bounds},
    shutdown,
};

/// Connections of the admin listener: probes and a scraper or two.
const ADMIN_CONNECTIONS_MAX: u32 = 64;
/// Least time the providers get at the end, even if the requests took the whole grace period.
const PROVIDERS_GRACE_MIN: Duration = Duration::from_millis(100);

/// A listener could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("can't listen on {address}")]
pub struct BindError {
    /// The address asked for.
    pub address: SocketAddr,
    /// The system's reason.
    #[source]
    pub source: std::io::Error,
}

/// Where a sidecar listens.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Addresses {
    /// The data doors.
    pub http: SocketAddr,
    /// Health, metrics, inventory.
    pub admin: SocketAddr,
}

/// Runs until the process is told to end. `ready` hears once where it listens, when every provider has started or
/// failed.
///
/// # Errors
/// A listener that could not be bound; nothing was started then.
pub async fn run(config: Config, catalog: Catalog, ready: impl FnOnce(&Host, Addresses)) -> Result<(), BindError> {
    // Bound before anything starts: a port in use must not cost a provider's start and stop.
    let (http, admin) = (bind(config.listen.http).await?, bind(config.listen.admin).await?);
    let host = Host::start(config, catalog).await;
    let addresses = Addresses { http: http.address, admin: admin.address };
    ready(&host, addresses);
    info!(http = %addresses.http, admin = %addresses.admin, ready = host.readiness().ready, "listening");
    serve(host, http, admin).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<Bound, BindError> {
    Bound::bind(address).await.map_err(|source| BindError { address, source })
}

async fn serve(host: Host, http: Bound, admin: Bound) {
    let config = host.config();
    let options = http::Options {
        token: config.auth.token.clone(),
        body_bytes_max: config.limits.body,
        request_timeout: config.limits.request_timeout,
    };
    let bounds = Bounds { connections: config.limits.connections, header_timeout: config.limits.header_timeout };
    let grace = config.shutdown.grace;
    let (stop, stopped) = watch::channel(false);
    let doors = tokio::spawn(http.serve(http::app(host.clone(), &options), bounds, stopped, grace));
    let admin_bounds = Bounds { connections: ADMIN_CONNECTIONS_MAX, ..bounds };
    let admin_app = admin::app(host.clone(), admin.address, config.auth.token.as_ref());
    let (_keep, never) = watch::channel(false);
    let admins = tokio::spawn(admin.serve(admin_app, admin_bounds, never, Duration::ZERO));
    if let Err(error) = shutdown::requested().await {
        error!(code = "host.signals", "can't wait for signals: {error}");
    }
    let began = clock::now();
    let _ = stop.send(true);
    match doors.await {
        Ok(0) => info!("every request in flight was answered"),
        Ok(cut) => {
            warn!(code = "host.requests_cut", cut, "requests were still in flight at the end of the grace period")
        }
        Err(error) => error!(code = "host.door_failed", "the HTTP door ended early: {error}"),
    }
    host.shutdown_within(grace.saturating_sub(clock::since(began)).max(PROVIDERS_GRACE_MIN)).await;
    admins.abort();
    info!("ended");
}
