//! The threads that serve connections, each with a runtime of its own.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, atomic::Ordering::Relaxed},
    thread::JoinHandle,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tracing::debug;

use super::{Shared, connection};

type Handed = (TcpStream, SocketAddr);

/// The threads. A connection goes to the next one in turn.
pub(super) struct Reactors {
    inlets: Vec<mpsc::UnboundedSender<Handed>>,
    threads: Vec<JoinHandle<usize>>,
    next: usize,
}

impl Reactors {
    pub(super) fn start(
        count: usize,
        shared: &Arc<Shared>,
        stop: &watch::Receiver<bool>,
        grace: Duration,
    ) -> io::Result<Self> {
        let mut reactors = Self { inlets: Vec::new(), threads: Vec::new(), next: 0 };
        for number in 0..count {
            // Unbounded, but what waits in it counts as an open connection, of which there is a bound.
            let (inlet, outlet) = mpsc::unbounded_channel();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let (shared, stop) = (shared.clone(), stop.clone());
            let serve = move || runtime.block_on(serve(outlet, shared, stop, grace));
            reactors.threads.push(std::thread::Builder::new().name(format!("redis-{number}")).spawn(serve)?);
            reactors.inlets.push(inlet);
        }
        Ok(reactors)
    }

    /// Hands a connection to the next thread.
    pub(super) fn deal(&mut self, stream: TcpStream, peer: SocketAddr) {
        self.next = (self.next + 1) % self.inlets.len().max(1);
        if let Some(inlet) = self.inlets.get(self.next) {
            // Fails only where the thread has ended, at the end of the process.
            let _ = inlet.send((stream, peer));
        }
    }

    /// Waits for the threads; returns how many connections were cut.
    pub(super) async fn end(self) -> usize {
        drop(self.inlets);
        let threads = self.threads;
        let join = move || threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum();
        tokio::task::spawn_blocking(join).await.unwrap_or_default()
    }
}

/// Serves the connections of one thread until no more come, then for at most `grace`.
async fn serve(
    mut outlet: mpsc::UnboundedReceiver<Handed>,
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
    grace: Duration,
) -> usize {
    let mut connections = JoinSet::new();
    loop {
        let handed = tokio::select! {
            handed = outlet.recv() => handed,
            Some(_) = connections.join_next() => continue,
        };
        let Some((stream, peer)) = handed else { break };
        let (shared, stop) = (shared.clone(), stop.clone());
        connections.spawn(async move {
            let open = Open(shared);
            match tokio::net::TcpStream::from_std(stream) {
                Ok(stream) => connection::serve(stream, peer, &open.0, stop).await,
                Err(error) => debug!(%error, "a connection could not be taken over"),
            }
        });
    }
    let ended = async { while connections.join_next().await.is_some() {} };
    let in_time = tokio::time::timeout(grace, ended).await;
    let cut = if in_time.is_ok() { 0 } else { connections.len() };
    connections.shutdown().await;
    cut
}

/// Counts a connection as long as it is open.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.engine.connections().open.fetch_sub(1, Relaxed);
    }
}
