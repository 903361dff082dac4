//! `outrigger run`: starts the providers, listens, and ends in order.

use std::{net::SocketAddr, time::Duration};

use tokio::sync::watch;
use tracing::{error, info, warn};

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::line,
    welcome,
};
use crate::{
    admin,
    config::{Config, Sources},
    door::http,
    host::{Host, configure},
    observe,
    plugin::Catalog,
    serve::{Bound, Bounds},
    shutdown,
};

/// Connections of the admin listener: probes and a scraper or two.
const ADMIN_CONNECTIONS_MAX: u32 = 64;

/// Runs the host until it is told to end.
pub fn run(arguments: &SourceArguments, output: OutputArguments) -> Exit {
    let sources: Sources = match arguments.read() {
        Ok(sources) => sources,
        Err(error) => return output.diagnostics(&error.0),
    };
    let (config, catalog) = match configure(&sources) {
        Ok(configured) => configured,
        Err(error) => return output.diagnostics(&error.0),
    };
    observe::init(&config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error("host.runtime", &format!("can't start threads: {error}"), None);
            return Exit::Failed;
        }
    };
    let exit = runtime.block_on(serve(config, catalog, output));
    // A plugin's blocking call may still hold a thread; the process need not wait for it.
    runtime.shutdown_timeout(Duration::from_millis(100));
    exit
}

async fn serve(config: Config, catalog: Catalog, output: OutputArguments) -> Exit {
    // Bound before anything starts: a port in use must not cost a provider's start and stop.
    let (http, admin) = match (bind(config.listen.http, output).await, bind(config.listen.admin, output).await) {
        (Ok(http), Ok(admin)) => (http, admin),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let host = Host::start(config, catalog).await;
    let program = std::env::args().next().unwrap_or_else(|| "outrigger".into());
    if output.json() {
        let addresses = serde_json::json!({ "http": http.address, "admin": admin.address });
        output.answer(&serde_json::json!({ "listening": addresses, "readiness": host.readiness() }), String::new);
    } else {
        line(&welcome::text(&host, &program, http.address, admin.address));
    }
    info!(http = %http.address, admin = %admin.address, ready = host.readiness().ready, "listening");
    until_told(host, http, admin).await
}

async fn until_told(host: Host, http: Bound, admin: Bound) -> Exit {
    let config = host.config().clone();
    let options = http::Options {
        token: config.auth.token.clone(),
        body_bytes_max: config.limits.body,
        request_timeout: config.limits.request_timeout,
    };
    let bounds = Bounds { connections: config.limits.connections, header_timeout: config.limits.header_timeout };
    let (stop, stopped) = watch::channel(false);
    let grace = config.shutdown.grace;
    let doors = tokio::spawn(http.serve(http::app(host.clone(), &options), bounds, stopped.clone(), grace));
    let (admin_app, admin_bounds) =
        (admin::app(host.clone(), admin.address), Bounds { connections: ADMIN_CONNECTIONS_MAX, ..bounds });
    // Health is answered until the very end: it leaves with the process.
    let (_keep, never) = watch::channel(false);
    let admins = tokio::spawn(admin.serve(admin_app, admin_bounds, never, Duration::ZERO));
    if let Err(error) = shutdown::requested().await {
        error!(code = "host.signals", "can't wait for signals: {error}");
    }
    let began = crate::clock::now();
    let _ = stop.send(true);
    match doors.await {
        Ok(0) => info!("every request in flight was answered"),
        Ok(cut) => {
            warn!(code = "host.requests_cut", cut, "requests were still in flight at the end of the grace period")
        }
        Err(error) => error!(code = "host.door_failed", "the HTTP door ended early: {error}"),
    }
    host.shutdown_within(grace.saturating_sub(crate::clock::since(began)).max(Duration::from_millis(100))).await;
    admins.abort();
    info!("ended");
    Exit::Ok
}

async fn bind(address: SocketAddr, output: OutputArguments) -> Result<Bound, Exit> {
    Bound::bind(address).await.map_err(|error| {
        let message = format!("can't listen on {address}: {error}");
        output.error("host.bind", &message, Some("name another address in [listen], or port 0 for any free one"));
        Exit::Unavailable
    })
}
