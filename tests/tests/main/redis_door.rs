//! The Redis door, over its socket, with loaded providers behind it.

#[path = "redis_door/clients.rs"]
mod clients;
#[path = "redis_door/connections.rs"]
mod connections;
#[path = "redis_door/differential.rs"]
mod differential;
#[path = "redis_door/generate.rs"]
mod generate;

use std::{net::SocketAddr, time::Duration};

use outrigger::{Host, door::redis, serve::Bound};
use outrigger_tests::test_host::{OwnHost, Setup};
use tokio::sync::watch;

/// A host whose Redis door serves.
pub(crate) struct Door {
    pub(crate) host: OwnHost,
    pub(crate) address: SocketAddr,
    pub(crate) stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<std::io::Result<usize>>,
}

/// Starts a host with a cache and serves its Redis door on a free port.
pub(crate) async fn door(setup: Setup) -> Door {
    let host = setup.into_host().await;
    let (address, stop, ended) = serve(&host).await;
    Door { host, address, stop, ended }
}

async fn serve(host: &Host) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<std::io::Result<usize>>) {
    let bound = Bound::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = bound.address;
    let (stop, stopped) = watch::channel(false);
    let door = redis::Door::new(bound, host, redis::Tls::of(&host.config().redis).unwrap());
    (address, stop, tokio::spawn(door.serve(stopped, Duration::from_secs(5))))
}

impl Door {
    /// Ends the door, then the host; returns how many connections were cut.
    pub(crate) async fn end(self) -> usize {
        self.stop.send(true).unwrap();
        let cut = self.ended.await.unwrap().unwrap();
        self.host.shutdown().await;
        cut
    }
}

/// Returns a configuration with this cache and no other provider.
pub(crate) fn cache(provider: &str, more: &str) -> Setup {
    let text = format!(
        "[cache]\nprovider = \"{provider}\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n{more}"
    );
    Setup::new(&text, &[&format!("cache_{provider}")])
}
