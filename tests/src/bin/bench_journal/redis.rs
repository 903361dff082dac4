//! Redis Streams with `appendfsync always`: what a team would use that already has a Redis.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use outrigger_tests::redis_server::RedisServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Mutex,
};

use super::Appends;

/// A stream of a Redis server; each clone has a connection of its own, as each writer of an application has.
pub struct Redis {
    address: SocketAddr,
    connection: Mutex<Option<TcpStream>>,
    /// Redis does not tell its syncs: one for each loop of events that had writes.
    acknowledged: Arc<AtomicU64>,
}

impl Redis {
    /// Returns the server, which ends when dropped, and its stream.
    pub fn start() -> (RedisServer, Self) {
        let server = RedisServer::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
        let address = server.url().trim_start_matches("redis://").trim_end_matches('/').parse().expect("an address");
        (server, Self { address, connection: Mutex::new(None), acknowledged: Arc::default() })
    }
}

impl Clone for Redis {
    fn clone(&self) -> Self {
        Self { address: self.address, connection: Mutex::new(None), acknowledged: self.acknowledged.clone() }
    }
}

impl Appends for Redis {
    async fn append(&self, payload: Arc<[u8]>) {
        let mut connection = self.connection.lock().await;
        if connection.is_none() {
            let stream = TcpStream::connect(self.address).await.expect("a connection");
            stream.set_nodelay(true).expect("a connection");
            *connection = Some(stream);
        }
        let stream = connection.as_mut().expect("made above");
        let head = format!("*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$1\r\n*\r\n$1\r\nr\r\n${}\r\n", payload.len());
        stream.write_all(&[head.as_bytes(), &payload, b"\r\n"].concat()).await.expect("a command is sent");
        // `$15\r\n1700000000000-0\r\n`: two line ends.
        let (mut answer, mut read) = ([0; 64], 0);
        while answer.iter().take(read).filter(|byte| **byte == b'\n').count() < 2 {
            let more = stream.read(answer.get_mut(read..).unwrap_or_default()).await.expect("an answer");
            assert!(more > 0 && answer.first() == Some(&b'$'), "{}", String::from_utf8_lossy(&answer));
            read += more;
        }
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    fn syncs(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }
}
