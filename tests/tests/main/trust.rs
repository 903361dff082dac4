//! What nobody vouches for is not loaded, and the message says which of the possible reasons it is: all through the
//! program itself.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests; clippy knows their functions, but not those they call"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Output, Stdio},
};

use outrigger_tests::{
    program::{self, Log, Process, command},
    test_host::Setup,
};

#[path = "trust/commands.rs"]
mod commands;
#[path = "trust/refusals.rs"]
mod refusals;
#[path = "trust/signatures.rs"]
mod signatures;
#[path = "trust/swap.rs"]
mod swap;

const MEMORY: &str = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n";

/// Returns a folder with the memory plugin and this configuration after that which selects it.
fn setup(more: &str) -> Setup {
    let setup = Setup::new("", &["cache_memory"]);
    std::fs::write(setup.path("plugins.toml"), format!("{MEMORY}{more}")).unwrap();
    setup
}

/// Runs a command of the program to its end: its exit code and what it said, made the same on every machine.
fn said(setup: &Setup, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = command(setup, arguments).output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code().unwrap(), plain(setup, &String::from_utf8_lossy(&text)))
}

/// Runs a command that must succeed.
#[track_caller]
fn does(setup: &Setup, arguments: &[&str]) -> String {
    let (code, text) = said(setup, arguments);
    assert_eq!(code, 0, "{arguments:?}: {text}");
    text
}

/// Replaces what differs by machine and build: the folder, hashes, lengths, keys, times, targets.
fn plain(setup: &Setup, text: &str) -> String {
    let text = text.replace(&setup.dir.path().display().to_string(), "DIR");
    let text = text.replace(&format!("{}-unknown-linux-gnu", std::env::consts::ARCH), "TARGET");
    let mut out = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let hex = |upper: bool| {
            word.bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_hexdigit() && byte.is_ascii_uppercase() == upper)
        };
        out.push_str(match word.len() {
            16 | 64 if hex(false) => "HASH",
            16 if hex(true) => "KEY",
            6.. if word.bytes().all(|byte| byte.is_ascii_digit()) => "LENGTH",
            _ => word,
        });
        let next = after.find(|letter: char| letter.is_ascii_alphanumeric()).unwrap_or(after.len());
        let (between, after) = after.split_at(next);
        out.push_str(between);
        rest = after;
    }
    out.lines().map(even).map(|line| without_time(&line)).collect::<Vec<_>>().join("\n")
}

/// Takes out of a table what the length of the target's name puts there.
fn even(line: &str) -> String {
    let mut line = line.to_owned();
    while line.contains("TARGET   ") {
        line = line.replace("TARGET   ", "TARGET  ");
    }
    line
}

/// Cuts the time out of `(last written 2026-…Z)`.
fn without_time(line: &str) -> String {
    match line.split_once("(last written ").and_then(|(before, rest)| Some((before, rest.split_once(')')?.1))) {
        Some((before, after)) => format!("{before}(last written TIME){after}"),
        None => line.trim_end().to_owned(),
    }
}

/// The program while it runs; killed when dropped.
struct Running {
    _process: Process,
    log: Log,
    /// What it said of its providers when it listened.
    readiness: serde_json::Value,
    /// Where its admin listener is.
    admin: String,
}

impl Running {
    fn start(setup: &Setup) -> Self {
        let mut command = program::listening(setup, &["run", "--format", "json"]);
        command.stdout(Stdio::piped());
        let (mut process, mut log) = Process::start(command);
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut text = String::new();
        let value: serde_json::Value = loop {
            if out.read_line(&mut text).unwrap() == 0 {
                panic!("it ended before it listened:\n{text}{}", log.rest());
            }
            if let Ok(value) = serde_json::from_str(&text) {
                break value;
            }
        };
        let admin = value["listening"]["admin"].as_str().unwrap().to_owned();
        Self { _process: process, log, readiness: value["readiness"].clone(), admin }
    }

    /// Asks for the inventory.
    fn status(&self) -> serde_json::Value {
        let mut stream = std::net::TcpStream::connect(&self.admin).unwrap();
        let request = "GET /v1/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

/// Checks that the memory plugin is refused with this code by every way in, and returns what `check` and `run` say.
#[track_caller]
fn refused(setup: &Setup, code: &str) -> String {
    let (exit, check) = said(setup, &["check"]);
    assert_eq!(exit, 70, "{check}");
    assert!(check.contains(&format!("error[{code}]")), "{check}");
    let (exit, verify) = said(setup, &["plugin", "verify"]);
    assert_eq!(exit, 70, "{verify}");
    assert!(verify.contains(&format!("refused[{code}]")), "{verify}");
    let list = does(setup, &["plugin", "list"]);
    assert!(list.contains(&format!("refused[{code}]")), "{list}");
    let running = Running::start(setup);
    assert_eq!(running.readiness["ready"], false);
    let memory = &running.readiness["providers"][0];
    assert_eq!((memory["code"].as_str(), memory["state"].as_str()), (Some(code), Some("failed")), "{memory}");
    format!("{check}\n\nreadyz: {}", plain(setup, memory["message"].as_str().unwrap()))
}
