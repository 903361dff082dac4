//! A plugin that crashes the process: the next start says which it was and in what, and after three crashes the host starts
//! without it, and the others get everything that was accepted.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests; clippy knows their functions, but not those they call"
)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use outrigger_tests::{
    program::{self, Process},
    test_host::Setup,
};
use serde_json::Value;

/// How long any one answer is waited for: longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the cache for one thing, by a single operation, in Redis' protocol.
const ASK: &[u8] = b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n";

/// Returns a folder whose cache crashes as the word says, beside a sound analytics provider.
fn crashing_cache(fault: &str) -> Setup {
    let text = format!(
        "[cache]\nprovider = \"crasher\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n\
         [providers.crasher]\nplugin = \"cache_crooked\"\nrequired = false\nsettings.fault = \"{fault}\"\n\
         [providers.internal]\nsettings.path = \"events.sqlite3\"\n"
    );
    setup(&text, &["analytics_internal", "cache_crooked"])
}

/// Returns a folder whose first analytics provider crashes as the word says, beside a sound one.
fn crashing_sink(fault: &str) -> Setup {
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"crasher\", \"internal\"]\n\
         [providers.crasher]\nplugin = \"analytics_crooked\"\nsettings.fault = \"{fault}\"\n[providers.internal]\nsettings.path = \"events.sqlite3\"\n"
    );
    setup(&text, &["cache_memory", "analytics_internal", "analytics_crooked"])
}

fn setup(text: &str, libraries: &[&str]) -> Setup {
    let setup = Setup::new("", libraries);
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    setup
}

/// The program, what it logged until it listened, and where it listens.
struct Program {
    process: Process,
    log: Vec<Value>,
    http: SocketAddr,
    admin: SocketAddr,
    redis: SocketAddr,
}

impl Program {
    /// Starts it; the error is how it ended before it listened.
    fn try_start(setup: &Setup) -> Result<Self, ExitStatus> {
        let mut command = program::listening(setup, &["run", "--format", "json"]);
        command.stdout(Stdio::null());
        let (mut process, mut lines) = Process::start(command);
        let mut log = Vec::new();
        loop {
            let Some(line) = lines.next() else { return Err(process.wait().unwrap()) };
            // The runtime's own last words are no JSON.
            let value: Value = serde_json::from_str(&line).unwrap_or_default();
            let address = |name: &str| value[name].as_str().unwrap().parse().unwrap();
            if value["message"] == "listening" {
                let (http, admin, redis) = (address("http"), address("admin"), address("redis"));
                lines.read_on();
                return Ok(Self { process, log, http, admin, redis });
            }
            log.push(value);
        }
    }

    #[track_caller]
    fn start(setup: &Setup) -> Self {
        Self::try_start(setup).unwrap_or_else(|ended| panic!("it ended before it listened: {ended}"))
    }

    fn logged(&self, code: &str) -> Option<&Value> {
        self.log.iter().find(|line| line["code"] == code)
    }

    /// Sends a request; the answer is empty where the program ended instead.
    fn ask(&self, address: SocketAddr, head: &str, body: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut answer = String::new();
        let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        answer
    }

    /// Asks the cache until there is an answer or an end.
    fn ask_cache(&self) {
        ask_cache(self.redis);
    }

    fn json(&self, address: SocketAddr, path: &str) -> Value {
        let answer = self.ask(address, &format!("GET {path}"), "");
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Returns what /readyz says of the crashing provider.
    fn crasher(&self) -> Value {
        let readiness = self.json(self.admin, "/readyz");
        readiness["providers"].as_array().unwrap().iter().find(|one| one["provider"] == "crasher").unwrap().clone()
    }

    fn track(&self, id: &str) -> bool {
        let body = format!(r#"{{"user_id":"u","event":"e","message_id":"{id}"}}"#);
        self.ask(self.http, "POST /v1/analytics/track", &body).starts_with("HTTP/1.1 202")
    }

    /// Waits until the program has ended by itself.
    fn ends(&mut self) -> ExitStatus {
        let began = std::time::Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it as a supervisor does.
    fn stop(mut self) {
        self.process.signal("TERM");
        assert!(self.ends().success());
    }
}

fn ask_cache(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let _ = stream.write_all(ASK).and_then(|()| stream.read(&mut [0; 64]));
}

fn plugin(setup: &Setup, arguments: &[&str]) -> (i32, String) {
    let output = program::command(setup, &["plugin"]).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

/// Checks the line of a start that follows a crash.
#[track_caller]
fn blamed(program: &Program, cause: &str, operation: &str, crashes: u64) {
    let line = program.logged("plugin.crashed").unwrap_or_else(|| panic!("nobody is blamed: {:?}", program.log));
    let message = line["message"].as_str().unwrap();
    assert_eq!((line["provider"].as_str(), line["level"].as_str()), (Some("crasher"), Some("ERROR")), "{line}");
    assert!(message.contains(cause) && message.contains(operation), "{line}");
    assert_eq!(line["crashes"], crashes, "{line}");
}

#[test]
fn the_next_start_names_provider_operation_and_end() {
    for (fault, cause, operation) in [
        // On a thread of the host's.
        ("now_segfault", "SIGSEGV (11)", "in `read`"),
        ("now_abort", "SIGABRT (6)", "in `read`"),
        ("now_exit", "a call of exit", "in `read`"),
        ("now_overflow", "SIGSEGV (11)", "in `read`"),
        // On a thread of the plugin's own runtime, of which the host knows nothing: where it stands tells.
        ("call_segfault", "SIGSEGV (11)", "on a thread of its own"),
        ("call_abort", "SIGABRT (6)", "on a thread of its own"),
        ("call_exit", "a call of exit", "on a thread of its own"),
    ] {
        let setup = crashing_cache(fault);
        let mut program = Program::start(&setup);
        assert!(program.logged("plugin.crashed").is_none() && program.logged("host.ended_abruptly").is_none());
        program.ask_cache();
        let ended = program.ends();
        assert_eq!(ended.success(), fault.ends_with("exit"), "{fault}: the end is the plugin's own: {ended}");
        let program = Program::start(&setup);
        blamed(&program, cause, operation, 1);
        assert_eq!(program.crasher()["state"], "running", "{fault}: once is no reason to leave it out");
        program.stop();
        let program = Program::start(&setup);
        assert!(program.logged("plugin.crashed").is_none(), "{fault}: a clean end leaves nothing to tell");
        program.stop();
    }
}

#[test]
fn a_provider_that_crashes_every_start_is_left_out_of_the_fourth_and_the_others_serve() {
    for (fault, cause) in
        [("start_segfault", "SIGSEGV (11)"), ("start_abort", "SIGABRT (6)"), ("start_exit", "a call of exit")]
    {
        let setup = crashing_cache(fault);
        for start in 0..3 {
            assert!(Program::try_start(&setup).is_err(), "{fault}: start {start} survives");
        }
        let program = Program::start(&setup);
        blamed(&program, cause, "", 3);
        let (_, list) = plugin(&setup, &["list"]);
        assert!(list.contains("quarantined: provider `crasher` crashed the host, 3 times"), "{list}");
        let (_, list) = plugin(&setup, &["list", "--format", "json"]);
        let crashed = &serde_json::from_str::<Value>(&list).unwrap()["crashed"][0];
        assert_eq!((&crashed["provider"], &crashed["crashes"]), (&"crasher".into(), &3.into()), "{crashed}");
        assert_eq!(crashed["quarantined"], true, "{crashed}");
        let refused = program.logged("plugin.quarantined").unwrap();
        assert_eq!((refused["provider"].as_str(), refused["level"].as_str()), (Some("crasher"), Some("ERROR")));
        let crasher = program.crasher();
        assert_eq!((crasher["state"].as_str(), crasher["code"].as_str()), (Some("failed"), Some("plugin.quarantined")));
        assert!(crasher["message"].as_str().is_some_and(|message| message.contains(cause)), "{crasher}");
        assert!(program.track("a"), "the others serve");
        program.stop();
        let program = Program::start(&setup);
        assert_eq!(program.crasher()["code"], "plugin.quarantined", "{fault}: a clean run without it proves nothing");
        program.stop();
    }
}

#[test]
fn what_was_accepted_reaches_the_others_whatever_one_provider_crashes_on() {
    for (fault, cause) in [("segfaults", "SIGSEGV (11)"), ("aborts", "SIGABRT (6)"), ("exits", "a call of exit")] {
        let setup = crashing_sink(fault);
        let mut accepted = Vec::new();
        let mut crashes = 0;
        // Each start finds the events that the last one left, and so may crash before it listens.
        let program = loop {
            let Ok(mut program) = Program::try_start(&setup) else {
                crashes += 1;
                continue;
            };
            if program.logged("plugin.quarantined").is_some() {
                break program;
            }
            let id = format!("before-{crashes}");
            if program.track(&id) {
                accepted.push(id);
            }
            program.ends();
            crashes += 1;
            assert!(crashes <= 3, "{fault}: it is started again and again");
        };
        assert_eq!(crashes, 3, "{fault}");
        blamed(&program, cause, "", 3);
        assert!(program.track("after"));
        accepted.push("after".to_owned());
        assert!(accepted.len() > 1, "{fault}: no event was accepted before a crash");
        let began = std::time::Instant::now();
        let internal = |status: &Value| {
            let lanes = status["lanes"].as_array().cloned().unwrap_or_default();
            lanes.into_iter().find(|lane| lane["provider"] == "internal").unwrap_or_default()
        };
        while internal(&program.json(program.http, "/v1/journal"))["behind"] != 0 {
            assert!(began.elapsed() < PATIENCE, "{fault}: {}", program.json(program.http, "/v1/journal"));
            std::thread::sleep(Duration::from_millis(5));
        }
        program.stop();
        let file = rusqlite::Connection::open(setup.path("events.sqlite3")).unwrap();
        let kept: i64 = file.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
        let kept = usize::try_from(kept).unwrap();
        // One that was accepted while the process died may have had no answer.
        assert!(kept >= accepted.len() && kept <= accepted.len() + 3, "{fault}: {kept} of {accepted:?}");
    }
}

#[test]
fn a_cleared_provider_and_another_content_are_started_again() {
    let setup = crashing_cache("start_abort");
    let crash = |times| (0..times).for_each(|_| assert!(Program::try_start(&setup).is_err()));
    crash(3);
    Program::start(&setup).stop();
    assert_eq!(plugin(&setup, &["clear", "other"]).0, 3);
    let (code, text) = plugin(&setup, &["clear", "crasher"]);
    assert!(code == 0 && text.contains("forgot the crashes of crasher"), "{text}");
    assert!(!plugin(&setup, &["list"]).1.contains("crasher` crashed"));
    crash(3);
    Program::start(&setup).stop();
    assert_eq!(plugin(&setup, &["clear", "--all"]).0, 0);
    crash(3);
    Program::start(&setup).stop();
    // Another content: what crashed may be mended.
    let library = setup.library("cache_crooked");
    let bytes = [std::fs::read(&library).unwrap(), b"x".to_vec()].concat();
    std::fs::write(&library, bytes).unwrap();
    crash(3);
    let program = Program::start(&setup);
    assert_eq!(program.crasher()["code"], "plugin.quarantined");
    program.stop();
}

#[test]
fn a_cleared_provider_is_started_by_a_reload_too() {
    let setup = crashing_cache("call_abort");
    for _ in 0..3 {
        let mut program = Program::start(&setup);
        program.ask_cache();
        program.ends();
    }
    let program = Program::start(&setup);
    assert_eq!(program.crasher()["code"], "plugin.quarantined");
    assert_eq!(plugin(&setup, &["clear", "crasher"]).0, 0);
    program.process.signal("HUP");
    let began = std::time::Instant::now();
    while program.crasher()["state"] != "running" {
        assert!(began.elapsed() < PATIENCE, "{}", program.crasher());
        std::thread::sleep(Duration::from_millis(5));
    }
    program.stop();
}

#[test]
fn an_end_from_outside_is_told_and_held_against_nobody() {
    for (signal, says) in [("KILL", "without a word"), ("SEGV", "SIGSEGV (11) from another process")] {
        let setup = crashing_cache("call_hangs");
        for _ in 0..4 {
            let mut program = Program::start(&setup);
            assert_eq!(program.crasher()["state"], "running");
            let address = program.redis;
            let asking = std::thread::spawn(move || ask_cache(address));
            let began = std::time::Instant::now();
            while program.json(program.admin, "/v1/status")["providers"][0]["in_flight"] != 1 {
                assert!(began.elapsed() < PATIENCE, "the call is not in flight");
                std::thread::sleep(Duration::from_millis(5));
            }
            program.process.signal(signal);
            assert!(!program.ends().success());
            asking.join().unwrap();
        }
        let program = Program::start(&setup);
        assert!(program.logged("plugin.crashed").is_none());
        let line = program.logged("host.ended_abruptly").unwrap();
        assert!(line["message"].as_str().is_some_and(|message| message.contains(says)), "{line}");
        assert_eq!(line["in_flight"], "crasher run ×1", "{line}");
        assert!(!plugin(&setup, &["list"]).1.contains("crasher` crashed"));
        program.stop();
    }
}

#[test]
fn a_second_host_on_the_same_journal_takes_nothing_from_the_first() {
    let setup = crashing_cache("now_segfault");
    let mut first = Program::start(&setup);
    let second = Program::start(&setup);
    assert!(second.logged("host.unwatched").is_some(), "{:?}", second.log);
    second.stop();
    first.ask_cache();
    first.ends();
    let program = Program::start(&setup);
    blamed(&program, "SIGSEGV (11)", "in `read`", 1);
    program.stop();
}

#[test]
fn a_page_that_is_cut_under_the_host_costs_the_attribution_and_not_the_host() {
    let setup = crashing_sink("none");
    let program = Program::start(&setup);
    let page = std::fs::OpenOptions::new().write(true).open(setup.path(".outrigger/journal/crash/in-flight"));
    // What is mapped beyond a file's end answers with SIGBUS; so does a full disk.
    page.unwrap().set_len(0).unwrap();
    for number in 0..3 {
        assert!(program.track(&format!("cut-{number}")));
    }
    let began = std::time::Instant::now();
    while program.json(program.http, "/v1/journal")["lanes"].as_array().unwrap().iter().any(|lane| lane["behind"] != 0)
    {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
    program.stop();
    let program = Program::start(&setup);
    assert!(program.logged("plugin.crashed").is_none() && program.logged("host.unwatched").is_none());
    program.stop();
}
