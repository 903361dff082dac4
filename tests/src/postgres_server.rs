//! Runs a real PostgreSQL for a test: on a free port, in a folder of its own, killed at the end.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness: what fails here is the test's failure")]

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::redis_server::free_port;

/// How long a server may take to answer after its start; an idle machine needs 100 ms, recovery after a kill some more.
const START: Duration = Duration::from_secs(30);

/// Where Debian and most others put the programs, by version; the first that is there is taken.
const FOLDERS: &str = "/usr/lib/postgresql";

/// The password of the one role, `outrigger`.
pub const PASSWORD: &str = "hush-hush";

/// A running server. Dropping it kills it and deletes its folder.
pub struct PostgresServer {
    programs: PathBuf,
    port: u16,
    folder: TempDir,
    child: Option<Child>,
}

impl PostgresServer {
    /// Starts a server with an empty database `events`.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed (the text names the command) or does not start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let mut server = Self { programs: programs(), port: free_port(), folder, child: None };
        server.give_away(server.folder.path());
        std::fs::write(server.folder.path().join("password"), PASSWORD).expect("writes the password");
        server.give_away(&server.folder.path().join("password"));
        let data = server.data();
        let words = ["-U", "outrigger", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        let mut init = server.command("initdb");
        init.args(words).arg(&data).arg("--pwfile").arg(server.folder.path().join("password"));
        let made = init.output().expect("runs initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.restart();
        server.sql_in("postgres", "CREATE DATABASE events");
        server
    }

    /// Starts the server again on its port, after [`Self::kill`].
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.kill();
        let log = std::fs::File::create(self.folder.path().join("log")).expect("the log's file");
        let sockets = format!("unix_socket_directories={}", self.folder.path().display());
        let child = self
            .command("postgres")
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", &sockets])
            .args(["-c", "max_connections=50", "-D"])
            .arg(self.data())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.child = Some(child.expect("runs postgres"));
        let end = Instant::now() + START;
        while !self.is_ready() {
            let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            assert!(!ended && Instant::now() < end, "postgres did not start; its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills the server as a crash does: every process of it, without goodbye.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The others end when they see that the first one has.
            let _ = child.kill();
            let _ = child.wait();
            let end = Instant::now() + START;
            while self.is_ready() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(10));
            }
            // A new server refuses to start while one of the old still holds its memory.
            let _ = std::fs::remove_file(self.data().join("postmaster.pid"));
        }
    }

    /// Returns the port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL with credentials.
    pub fn url(&self) -> String {
        format!("postgres://outrigger:{PASSWORD}@127.0.0.1:{}/events", self.port)
    }

    /// Runs SQL in the database and returns what `psql` shows: rows by line, columns by `|`.
    ///
    /// # Panics
    /// With what the server said.
    pub fn sql(&self, text: &str) -> String {
        self.sql_in("events", text)
    }

    fn sql_in(&self, database: &str, text: &str) -> String {
        let shown = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "outrigger"])
            .args(["-p", &self.port.to_string(), "-d", database, "-c", text])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .expect("runs psql");
        assert!(shown.status.success(), "psql: {}", String::from_utf8_lossy(&shown.stderr));
        String::from_utf8_lossy(&shown.stdout).trim_end().to_owned()
    }

    fn is_ready(&self) -> bool {
        let port = self.port.to_string();
        let asked = self.command("pg_isready").args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        asked.is_ok_and(|status| status.success())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// PostgreSQL refuses to run as root: then it runs as `nobody`.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]).arg(program);
        command.current_dir(self.folder.path());
        command
    }

    fn give_away(&self, path: &Path) {
        if is_root() {
            let given = Command::new("chown").arg("nobody:nogroup").arg(path).status();
            assert!(given.is_ok_and(|status| status.success()), "chown {}", path.display());
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|user| user.stdout.trim_ascii() == b"0")
}

/// Returns the folder with `initdb` and `postgres`.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir(FOLDERS).into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file());
    found.unwrap_or_else(|| panic!("no PostgreSQL server found; install it with: apt-get install postgresql"))
}
