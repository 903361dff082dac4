//! The program as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    ops::{Deref, DerefMut},
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
};

use serde_json::Value;

use crate::{plugins, test_host::Setup};

/// Returns the program with these arguments, run in the setup's folder with no environment.
pub fn command(setup: &Setup, arguments: &[&str]) -> Command {
    let mut command = Command::new(plugins::built().join("outrigger"));
    command.args(arguments).current_dir(setup.dir.path()).env_clear();
    command
}

/// As [`command`], with every listener at a free port.
pub fn listening(setup: &Setup, arguments: &[&str]) -> Command {
    let mut command = command(setup, arguments);
    for listener in ["HTTP", "ADMIN", "METRICS", "REDIS"] {
        command.env(format!("OUTRIGGER_LISTEN_{listener}"), "127.0.0.1:0");
    }
    command
}

/// Starts a release in a folder with its `plugins.toml`, with no environment; returns the process and the line that says
/// where it listens.
///
/// # Panics
/// Where it does not listen.
pub fn release(dist: &Path, folder: &Path) -> (Process, Value) {
    let mut command = Command::new(dist.canonicalize().expect("a release").join("outrigger"));
    command.args(["run", "--format", "json"]).current_dir(folder).env_clear().stdout(Stdio::null());
    let (process, mut log) = Process::start(command);
    let listening = log.listens();
    log.read_on();
    (process, listening)
}

/// Returns where one of the listeners is, of the line that says so.
///
/// # Panics
/// Where there is no such listener.
pub fn address(listening: &Value, listener: &str) -> SocketAddr {
    let text = listening.get(listener).and_then(Value::as_str).expect("a listener");
    text.parse().expect("an address")
}

/// Returns how much memory a process has in use, in bytes: `VmRSS` of proc_pid_status(5).
///
/// # Panics
/// Where there is no such process.
pub fn resident_bytes(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its figures");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

/// A process that is killed when dropped.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts it; its log is standard error.
    ///
    /// # Panics
    /// Where it can't be started.
    pub fn start(mut command: Command) -> (Self, Log) {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("starts the program");
        let log = Log(BufReader::new(child.stderr.take().expect("a log")));
        (Self(child), log)
    }

    /// Sends a signal, such as `TERM`.
    ///
    /// # Panics
    /// Where it can't be sent.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.expect("runs kill").success());
    }
}

impl From<Child> for Process {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Deref for Process {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Process {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The log of a process.
#[derive(Debug)]
pub struct Log(BufReader<ChildStderr>);

impl Log {
    /// Reads up to the first line with this text; the log's end is an error, so this can't wait for ever.
    ///
    /// # Panics
    /// With what it read, where the log ends before, or the line is not JSON.
    pub fn line_with(&mut self, text: &str) -> Value {
        let mut seen = String::new();
        loop {
            let Some(line) = self.next() else { panic!("the log ended before {text:?}:\n{seen}") };
            if line.contains(text) {
                return serde_json::from_str(&line).expect("a line of JSON");
            }
            seen.push_str(&line);
        }
    }

    /// Reads up to the line that says where the program listens.
    ///
    /// # Panics
    /// As [`Self::line_with`].
    pub fn listens(&mut self) -> Value {
        self.line_with("\"message\":\"listening\"")
    }

    /// Returns what is left of it, which is all once the process has ended.
    ///
    /// # Panics
    /// Where it is no text.
    pub fn rest(&mut self) -> String {
        let mut text = String::new();
        self.0.read_to_string(&mut text).expect("reads the log");
        text
    }

    /// Reads on and throws away: else the program would wait for room in the pipe.
    pub fn read_on(mut self) {
        std::thread::spawn(move || std::io::copy(&mut self.0, &mut std::io::sink()));
    }
}

impl Iterator for Log {
    type Item = String;

    /// Returns the next line with its end; `None` at the log's end.
    fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.0.read_line(&mut line).expect("reads the log") > 0).then_some(line)
    }
}
