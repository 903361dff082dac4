//! NATS JetStream with a file store that syncs each message: what a team would use that already has a NATS.
//!
//! The client is the protocol's few lines: it publishes with a reply subject and waits for the stream's acknowledgement.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use outrigger_tests::redis_server::free_port;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::Mutex,
};

use super::Appends;

/// `cargo xtask bench` names the program here; without it, the one on the PATH.
const PROGRAM: &str = "OUTRIGGER_NATS_SERVER";
/// How long the server may take to answer after its start.
const START: Duration = Duration::from_secs(20);

/// A running server; dropping it kills it.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A stream; each clone has a connection of its own, as each writer of an application has.
pub struct Nats {
    address: SocketAddr,
    connection: Mutex<Option<Connection>>,
    /// The server does not tell its syncs: one for each message.
    acknowledged: Arc<AtomicU64>,
}

impl Nats {
    /// Starts a server that keeps its files in the folder, and makes a stream there.
    pub async fn start(folder: &Path) -> (Server, Self) {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let store = folder.join("nats").display().to_string();
        let text = format!("listen: \"{address}\"\njetstream {{ store_dir: {store:?}, sync_interval: always }}\n");
        let file = folder.join("nats.conf");
        std::fs::write(&file, text).expect("a file");
        let program = std::env::var_os(PROGRAM).unwrap_or_else(|| "nats-server".into());
        let mut command = Command::new(&program);
        command.arg("-c").arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let child =
            command.spawn().unwrap_or_else(|error| panic!("can't run {program:?}, named by {PROGRAM}: {error}"));
        let (server, by) = (Server(child), Instant::now() + START);
        while TcpStream::connect(address).await.is_err() {
            assert!(Instant::now() < by, "nats-server does not listen; it has to be 2.10 or newer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut connection = Connection::open(address).await;
        let made =
            connection.ask("$JS.API.STREAM.CREATE.S", br#"{"name":"S","subjects":["s"],"storage":"file"}"#).await;
        assert!(!made.contains("\"error\""), "{made}");
        (server, Self { address, connection: Mutex::new(Some(connection)), acknowledged: Arc::default() })
    }
}

impl Clone for Nats {
    fn clone(&self) -> Self {
        Self { address: self.address, connection: Mutex::new(None), acknowledged: self.acknowledged.clone() }
    }
}

impl Appends for Nats {
    async fn append(&self, payload: Arc<[u8]>) {
        let mut connection = self.connection.lock().await;
        if connection.is_none() {
            *connection = Some(Connection::open(self.address).await);
        }
        let answer = connection.as_mut().expect("made above").ask("s", &payload).await;
        assert!(answer.starts_with("{\"stream\":\"S\",") && answer.contains("\"seq\":"), "{answer}");
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    fn syncs(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }
}

/// A connection and the subject on which it is answered.
struct Connection {
    stream: BufReader<TcpStream>,
    inbox: String,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        static INBOXES: AtomicU64 = AtomicU64::new(0);
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a connection");
        let inbox = format!("_INBOX.{}", INBOXES.fetch_add(1, Ordering::Relaxed));
        let mut connection = Self { stream: BufReader::new(stream), inbox };
        let hello = format!("CONNECT {{\"verbose\":false}}\r\nSUB {} 1\r\n", connection.inbox);
        connection.stream.write_all(hello.as_bytes()).await.expect("a greeting is sent");
        connection
    }

    /// Publishes and returns the answer.
    async fn ask(&mut self, subject: &str, payload: &[u8]) -> String {
        let head = format!("PUB {subject} {} {}\r\n", self.inbox, payload.len());
        self.stream.write_all(&[head.as_bytes(), payload, b"\r\n"].concat()).await.expect("a message is sent");
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("a line");
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["INFO", ..] => {}
                ["PING"] => self.stream.write_all(b"PONG\r\n").await.expect("an answer is sent"),
                ["MSG", .., length] => {
                    let mut answer = vec![0; length.parse::<usize>().expect("a length") + 2];
                    self.stream.read_exact(&mut answer).await.expect("an answer");
                    return String::from_utf8(answer).expect("text");
                }
                _ => panic!("the server says {line:?}"),
            }
        }
    }
}
