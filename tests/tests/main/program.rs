//! The program as a process: what it says, how plugin lines reach its log, and how signals end it.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use outrigger_tests::{
    plugins,
    program::{self, Log, Process},
    test_host::Setup,
};

fn start(setup: &Setup) -> (Process, Log) {
    let mut command = program::listening(setup, &["run"]);
    command.env("OUTRIGGER_LOG_LEVEL", "debug").stdout(Stdio::piped());
    Process::start(command)
}

// Not on Windows: one process can not send another a signal there.
#[cfg(unix)]
#[test]
fn the_program_says_what_it_loaded_logs_for_its_plugins_and_ends_on_a_signal() {
    let text = "[monitoring]\nproviders = [\"console\"]\n[analytics]\nproviders = []\n";
    let setup = Setup::new(text, &["cache_memory", "monitoring_console"]);
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    let (mut program, mut log) = start(&setup);
    let line = log.line_with("memory cache is empty and ready");
    assert_eq!((line["provider"].as_str(), line["level"].as_str()), (Some("memory"), Some("DEBUG")), "{line}");
    assert!(line["fields"].as_str().is_some_and(|fields| fields.contains("capacity_bytes")), "{line}");
    log.line_with("listening");
    program.signal("HUP");
    assert_eq!(log.line_with("the configuration is in force")["by"].as_str(), Some("signal"));
    let began = Instant::now();
    program.signal("TERM");
    log.line_with("provider is down");
    log.line_with("\"ended\"");
    assert!(program.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(10), "the grace period is an upper bound");
    let mut said = String::new();
    program.stdout.take().unwrap().read_to_string(&mut said).unwrap();
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

/// Shows the configuration as the program at `program` sees it from `folder`.
fn level(program: &Path, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(program);
    command.args(["config", "show", "--origin"]).args(arguments).current_dir(folder).env_clear();
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let line = said.lines().find(|line| line.trim_start().starts_with("log.level"));
    line.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_program_finds_its_file_here_or_beside_itself_and_reads_its_environment() {
    let setup = Setup::new("", &["cache_memory"]);
    let (beside, here) = (setup.path("dist"), setup.path("here"));
    let name = format!("outrigger{}", std::env::consts::EXE_SUFFIX);
    let program = beside.join(&name);
    for folder in [&beside, &here] {
        std::fs::create_dir(folder).unwrap();
    }
    // A link where one can be made: the program is large.
    let built = plugins::built().join(&name);
    std::fs::hard_link(&built, &program).or_else(|_| std::fs::copy(&built, &program).map(drop)).unwrap();
    let text = |level| {
        format!(
            "plugin-dirs = [\"../plugins\"]\nmonitoring.providers = []\nanalytics.providers = []\nlog.level = \"{level}\"\n"
        )
    };
    let file = beside.join("plugins.toml");
    std::fs::write(&file, text("error")).unwrap();
    let shown = level(&program, &here, &[], &[]);
    assert_eq!(shown, format!("log.level = \"error\" # {}:4:13", file.display()), "beside the program");
    std::fs::write(here.join("plugins.toml"), text("warn")).unwrap();
    assert_eq!(level(&program, &here, &[], &[]), "log.level = \"warn\" # plugins.toml:4:13", "in the current folder");
    let named = ["--config", "../dist/plugins.toml", "--env-file", "my.env"];
    std::fs::write(here.join("my.env"), "OUTRIGGER_LOG_LEVEL=debug\n").unwrap();
    assert_eq!(level(&program, &here, &named, &[]), "log.level = \"debug\" # OUTRIGGER_LOG_LEVEL (my.env:1)");
    let shown = level(&program, &here, &named, &[("OUTRIGGER_LOG_LEVEL", "trace")]);
    assert_eq!(shown, "log.level = \"trace\" # environment variable OUTRIGGER_LOG_LEVEL");
}

#[test]
fn what_asks_a_running_host_needs_its_address_alone() {
    let setup = Setup::new("", &["cache_memory"]);
    std::fs::write(setup.path("plugins.toml"), "[monitoring]\nproviders = []\n[analytics]\nproviders = []\n").unwrap();
    let (_program, mut log) = start(&setup);
    let listening = log.listens();
    // As where the program is asked from a folder of another configuration, such as the one it was built in.
    let text =
        format!("plugin-dirs = [\"not-built\"]\n[listen]\nhttp = \"{}\"\n", program::address(&listening, "http"));
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    for (arguments, expected) in [(["set", "greeting", "hello"].as_slice(), ""), (&["get", "greeting"], "hello")] {
        let output = program::command(&setup, &["call", "cache"]).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(expected), "{said}");
    }
}
