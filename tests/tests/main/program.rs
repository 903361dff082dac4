//! The program as a process: what it says, how plugin lines reach its log, and how signals end it.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use outrigger_tests::{plugins, test_host::Setup};

struct Program {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
}

impl Program {
    fn start(setup: &Setup) -> Self {
        let mut command = Command::new(plugins::built().join("outrigger"));
        command.arg("run").current_dir(setup.dir.path()).env_clear().env("OUTRIGGER_LOG_LEVEL", "debug");
        command.env("OUTRIGGER_LISTEN_HTTP", "127.0.0.1:0").env("OUTRIGGER_LISTEN_ADMIN", "127.0.0.1:0");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// Reads the log up to the first line with this text; its end is an error, so this can't wait for ever.
    fn line_with(&mut self, text: &str) -> serde_json::Value {
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "the log ended before {text:?}:\n{seen}");
            if line.contains(text) {
                return serde_json::from_str(&line).unwrap();
            }
            seen.push_str(&line);
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_says_what_it_loaded_logs_for_its_plugins_and_ends_on_a_signal() {
    let text = "[monitoring]\nproviders = [\"console\"]\n[analytics]\nproviders = []\n";
    let setup = Setup::new(text, &["cache_memory", "monitoring_console"]);
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    let mut program = Program::start(&setup);
    let line = program.line_with("memory cache is empty and ready");
    assert_eq!((line["provider"].as_str(), line["level"].as_str()), (Some("memory"), Some("DEBUG")), "{line}");
    assert!(line["fields"].as_str().is_some_and(|fields| fields.contains("capacity_bytes")), "{line}");
    program.line_with("listening");
    program.signal("HUP");
    assert_eq!(program.line_with("SIGHUP")["code"].as_str(), Some("host.reload_unavailable"));
    let began = Instant::now();
    program.signal("TERM");
    program.line_with("provider is down");
    program.line_with("\"ended\"");
    assert!(program.child.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(10), "the grace period is an upper bound");
    let mut said = String::new();
    program.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    for expected in [
        "cache       memory",
        "libcache_memory.so",
        "1.0.0",
        "/readyz",
        "call cache get greeting",
        "call monitoring error",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
}
