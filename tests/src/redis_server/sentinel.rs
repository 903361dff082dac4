//! A master, a replica, and one sentinel that watches them.

use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{RedisServer, free_port, wait_until, wire};

/// The name under which the sentinel knows the master.
const MASTER: &str = "harness";

/// A watched pair. One sentinel decides alone, so a failover takes about a second.
pub struct RedisSentinel {
    /// The master at the start.
    pub master: RedisServer,
    /// The replica that succeeds it.
    pub replica: RedisServer,
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl RedisSentinel {
    /// Starts all three and waits until the sentinel knows the replica.
    ///
    /// # Panics
    /// Where one does not start.
    pub fn start() -> Self {
        let master = RedisServer::start();
        let replica = RedisServer::start_with(&["--replicaof", &format!("127.0.0.1 {}", master.port())]);
        let (folder, port) = (tempfile::tempdir().expect("a folder for the sentinel"), free_port());
        let file = folder.path().join("sentinel.conf");
        let text = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds {MASTER} 300\nsentinel failover-timeout {MASTER} 2000\n",
            master.port()
        );
        std::fs::write(&file, text).expect("the sentinel's configuration");
        let child = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a sentinel");
        let sentinel = Self { master, replica, port, child, _folder: folder };
        wait_until("the sentinel did not find the replica", || {
            sentinel.info().contains("slaves=1") && sentinel.synced()
        });
        sentinel
    }

    /// Returns the sentinel's URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Returns the name under which the sentinel knows the master.
    pub const fn master_name(&self) -> &'static str {
        MASTER
    }

    /// Kills the master and waits until the replica is one.
    ///
    /// # Panics
    /// Where no failover happens.
    pub fn fail_over(&mut self) {
        self.master.kill();
        wait_until("no failover", || {
            self.replica.command(&["ROLE"]).is_ok_and(|_| self.role().contains("role:master"))
                && self.info().contains(&format!("address=127.0.0.1:{}", self.replica.port()))
        });
    }

    fn info(&self) -> String {
        wire::command(self.port, &["INFO", "sentinel"]).unwrap_or_default()
    }

    fn role(&self) -> String {
        self.replica.command(&["INFO", "replication"]).unwrap_or_default()
    }

    fn synced(&self) -> bool {
        self.role().contains("master_link_status:up")
    }
}

impl Drop for RedisSentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
