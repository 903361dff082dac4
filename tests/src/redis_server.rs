//! Runs a real `redis-server` for a test: on a free port, in a folder of its own, killed at the end.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness: what fails here is the test's failure")]

mod cluster;
mod sentinel;
mod wire;

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub use cluster::RedisCluster;
pub use sentinel::RedisSentinel;

/// How long a server may take to answer after its start; an idle machine needs 50 ms.
const START: Duration = Duration::from_secs(20);

/// Another test may take a free port before the server binds it: so often another one is tried.
const PORTS_TRIED: usize = 10;

/// A running server. Dropping it kills it and deletes its folder.
pub struct RedisServer {
    port: u16,
    args: Vec<String>,
    folder: TempDir,
    child: Option<Child>,
}

impl RedisServer {
    /// Starts a server without persistence.
    ///
    /// # Panics
    /// Where `redis-server` is not installed (the text names the command) or does not start.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with further arguments, such as `["--requirepass", "secret"]`.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for redis-server");
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut server = Self { port: 0, args, folder, child: None };
        for _ in 0..PORTS_TRIED {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("redis-server ended {PORTS_TRIED} times at its start; its log:\n{}", server.log());
    }

    /// Returns where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Returns the number of its process.
    ///
    /// # Panics
    /// Where it was killed.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Starts the server again on its port, after [`Self::kill`].
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.try_start(), "redis-server did not start again; its log:\n{}", self.log());
    }

    /// Kills the server as a crash does: no goodbye, nothing saved.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops the process without ending it: connections stay open and nothing answers.
    ///
    /// # Panics
    /// Where the signal can't be sent.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets a frozen process go on.
    ///
    /// # Panics
    /// Where the signal can't be sent.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Returns the port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL without credentials.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Sends one command on a connection of its own and returns the reply as it came, CRLF and all.
    ///
    /// # Errors
    /// Where the server can't be reached.
    pub fn command(&self, words: &[&str]) -> std::io::Result<String> {
        wire::command(self.port, words)
    }

    fn try_start(&mut self) -> bool {
        let log = std::fs::File::create(self.folder.path().join("log")).expect("the log's file");
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "notice"])
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|error| {
            panic!("can't run redis-server ({error}); install it with: apt-get install redis-server")
        });
        self.child = Some(child);
        let end = Instant::now() + START;
        while Instant::now() < end {
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended {
                self.child = None;
                return false;
            }
            // An error reply is an answer as well: a password may be set.
            if self.command(&["PING"]).is_ok_and(|reply| reply.starts_with("+PONG") || reply.starts_with("-NOAUTH")) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("redis-server did not answer within {START:?}; its log:\n{}", self.log());
    }

    fn signal(&self, signal: &str) {
        let child = self.child.as_ref().expect("a running server");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal} failed");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns a port nobody listens on now, for what the harness does not start.
///
/// # Panics
/// Where the system has none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("the port's number").port()
}

/// Waits until `holds`, asking often.
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + START;
    while !holds() {
        assert!(Instant::now() < end, "{what} not within {START:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
