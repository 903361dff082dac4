//! Serves HTTP on a listener: bounds connections, header time and shutdown. What a request means is the app's affair.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::Service;
use tracing::debug;

/// Pause after the system refuses a connection (out of file descriptors): long enough not to spin, short enough not
/// to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Most bytes of a request's head: what Node's server takes, and eight times what clients of an API send. Beyond it
/// the answer is 431 and the connection ends; hyper alone would take some 400 KiB.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most fields of a head: hyper's own default, named because beyond it the answer is 431 too. More cost time to parse.
const HEADERS_MAX: usize = 100;

/// The bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most connections at once; more wait in the system's queue.
    pub connections: u32,
    /// Longest time until a request's head is complete, from the beginning of the connection or the end of the answer
    /// before: it ends clients that trickle bytes, and connections that idle.
    pub header_timeout: Duration,
}

/// A listener that is bound but does not serve yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    /// Where it is bound: the port is known even if 0 was asked for.
    pub address: SocketAddr,
}

impl Bound {
    /// Binds the address.
    ///
    /// # Errors
    /// The system's reason, such as a port in use.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Returns the listener, for what is no HTTP.
    pub fn into_listener(self) -> TcpListener {
        self.listener
    }

    /// Serves until `stop` turns true, then finishes the requests in flight for at most `grace`.
    ///
    /// Returns how many connections were cut at the end of the grace period.
    pub async fn serve<A>(self, app: A, bounds: Bounds, mut stop: watch::Receiver<bool>, grace: Duration) -> usize
    where
        A: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
        A::Future: Send,
    {
        let places = Arc::new(Semaphore::new(usize::try_from(bounds.connections).unwrap_or(usize::MAX)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            // A full listener must hear of the end too, so taking a place stands inside the select.
            let next = async {
                let place = places.clone().acquire_owned().await;
                (self.listener.accept().await, place)
            };
            let accepted = tokio::select! {
                accepted = next => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            while connections.try_join_next().is_some() {}
            let (stream, place) = match accepted {
                (Ok((stream, _)), place) => (stream, place),
                (Err(error), _) => {
                    debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // Answers are small and written whole: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(bounds.header_timeout)
                .max_header_size(HEAD_BYTES_MAX)
                .max_headers(HEADERS_MAX)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone()));
            let connection = graceful.watch(connection);
            connections.spawn(async move {
                if let Err(error) = connection.await {
                    debug!(%error, "a connection ended early");
                }
                drop(place);
            });
        }
        drop(self.listener);
        // What the grace period does not end is cut here: it must not reach providers that are shut down.
        let ended = async {
            graceful.shutdown().await;
            while connections.join_next().await.is_some() {}
        };
        let in_time = tokio::time::timeout(grace, ended).await;
        while connections.try_join_next().is_some() {}
        let cut = if in_time.is_ok() { 0 } else { connections.len() };
        connections.shutdown().await;
        cut
    }
}
