//! The Redis door: RESP2 and RESP3 on a port of its own, so that an app changes its cache by pointing its Redis client
//! here.
//!
//! One task accepts and deals connections out to a few threads, each with a runtime of its own that no connection
//! leaves: a request is read, run and answered without another thread. docs/doors/redis.md says what is spoken.

mod buffer;
mod connection;
mod reactor;
mod tls;

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::{io::AsyncWriteExt, net::TcpListener, sync::watch};
use tracing::debug;

use crate::{commands::Engine, config, host::Host, serve::Bound};
use reactor::Reactors;

pub use tls::{Tls, TlsError};

/// Pause after the system refuses a connection (out of file descriptors): long enough not to spin, short enough not
/// to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What every connection shares.
struct Shared {
    engine: Arc<Engine>,
    config: config::Redis,
    tls: Option<tokio_rustls::TlsAcceptor>,
    handshake_timeout: Duration,
}

/// The door.
pub struct Door {
    listener: TcpListener,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl Door {
    /// Returns the door of a host at a bound address.
    pub fn new(bound: Bound, host: &Host, tls: Tls) -> Self {
        let (engine, config) = (host.commands().clone(), host.config());
        let (config, handshake_timeout) = (config.redis.clone(), config.limits.header_timeout);
        let shared = Arc::new(Shared { engine, config, tls: tls.0, handshake_timeout });
        Self { listener: bound.into_listener(), shared }
    }

    /// Serves until `stop` turns true, then finishes the requests in flight for at most `grace`. Returns how many
    /// connections were cut at its end.
    ///
    /// # Errors
    /// The system's reason where it gives no threads.
    pub async fn serve(self, mut stop: watch::Receiver<bool>, grace: Duration) -> std::io::Result<usize> {
        let threads = self.shared.config.threads.map_or_else(usual_threads, |threads| threads as usize);
        let mut reactors = Reactors::start(threads, &self.shared, &stop, grace)?;
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let (mut stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let counts = self.shared.engine.connections();
            if counts.open.load(Relaxed) >= self.shared.config.connections as usize {
                counts.refused.fetch_add(1, Relaxed);
                // Fits into any socket's buffer, so it does not wait.
                let _ = stream.write_all(b"-ERR max number of clients reached\r\n").await;
                continue;
            }
            counts.accepted.fetch_add(1, Relaxed);
            counts.open.fetch_add(1, Relaxed);
            // Replies are small and written whole: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            if let Err(error) = stream.into_std().map(|stream| reactors.deal(stream, peer)) {
                counts.open.fetch_sub(1, Relaxed);
                debug!(%error, "a connection could not be handed over");
            }
        }
        drop(self.listener);
        Ok(reactors.end().await)
    }
}

/// One thread for each two cores: on two, a second one costs each request a fifth more (measured 2026-11).
fn usual_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get).div_ceil(2)
}

#[cfg(test)]
mod tests;
