//! The program is reloaded, switched and put back by its own command line, by signals and by watched files.
#![expect(clippy::indexing_slicing, reason = "tests; clippy knows their functions, but not those they call")]

use std::process::Stdio;

use outrigger_tests::{
    plugins,
    program::{self, Process},
    test_host::{Setup, eventually},
};
use serde_json::Value;

const TEXT: &str = "# ours\n[cache]\nprovider = \"memory\" # fast\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n\
    [providers.other]\nplugin = \"cache_memory\"\nsettings.capacity = \"2MiB\"\n";

/// The running program, and where its admin listener is.
struct Program {
    /// Before the folder that it runs in, so that it is dropped before.
    _process: Process,
    url: String,
    setup: Setup,
}

impl Program {
    fn start(text: &str, libraries: &[&str]) -> Self {
        let setup = Setup::new(text, libraries);
        drop(setup.sources());
        std::fs::write(setup.path("plugins.toml"), text).unwrap();
        let mut command = program::listening(&setup, &["run", "--format", "json"]);
        command.stdout(Stdio::piped());
        let (process, mut log) = Process::start(command);
        let url = format!("http://{}", log.listens()["admin"].as_str().unwrap());
        log.read_on();
        Self { url, setup, _process: process }
    }

    /// Runs a command against it; returns its exit code, what it printed, and what it complained of.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = program::command(&self.setup, arguments).args(["--url", &self.url]).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.setup.path("plugins.toml")).unwrap()
    }

    fn write(&self, text: &str) {
        std::fs::write(self.setup.path("plugins.toml"), text).unwrap();
    }

    /// Returns the active cache's name.
    fn cache(&self) -> String {
        let (code, said, complaint) = self.run(&["provider", "list", "--format", "json"]);
        assert_eq!(code, 0, "{complaint}");
        let status: Value = serde_json::from_str(&said).unwrap();
        status["providers"][0]["provider"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_switch_is_in_force_and_in_the_file_and_undo_takes_both_back() {
    let program = Program::start(TEXT, &["cache_memory"]);
    let (code, said, _) = program.run(&["provider", "switch", "cache", "other"]);
    assert_eq!(code, 0);
    let expected = "1 switch cache to other: in force\n  cache other started: added\n  cache memory stopped: no longer asked for\n";
    assert!(said.starts_with(expected), "{said}");
    assert!(said.contains("cache.provider: \"memory\" -> \"other\""), "{said}");
    assert_eq!(program.cache(), "other");
    assert_eq!(program.file(), TEXT.replace("\"memory\" #", "\"other\" #"), "its comment stays");
    let (code, said, _) = program.run(&["provider", "undo"]);
    assert_eq!((code, program.cache().as_str(), program.file().as_str()), (0, "memory", TEXT), "{said}");
    assert!(said.starts_with("2 undo 1: in force"), "{said}");
    let (code, ..) = program.run(&["provider", "undo"]);
    assert_eq!((code, program.cache().as_str()), (0, "other"), "undo of an undo");
    // Edits that were never in force are not lost.
    program.write(&format!("{}# mine\n", program.file()));
    let (code, _, complaint) = program.run(&["provider", "undo"]);
    assert_eq!(code, 1);
    assert!(complaint.starts_with("error[operation.file_changed]"), "{complaint}");
    let (_, said, _) = program.run(&["provider", "log"]);
    assert_eq!(said.lines().filter(|line| line.contains(": in force")).count(), 3, "{said}");
}

#[test]
fn what_can_t_be_switched_changes_neither_host_nor_file() {
    let program = Program::start(TEXT, &["cache_memory"]);
    let refused = |arguments: &[&str], code: &str, words: &str| {
        let (exit, _, complaint) = program.run(arguments);
        assert_eq!(exit, 1, "{complaint}");
        assert!(complaint.starts_with(&format!("error[{code}]")) && complaint.contains(words), "{complaint}");
        assert_eq!((program.cache().as_str(), program.file().as_str()), ("memory", TEXT));
    };
    refused(
        &["provider", "switch", "cache", "nonesuch"],
        "reload.configuration",
        "no plugin provides the cache provider `nonesuch`",
    );
    refused(&["provider", "disable", "memory"], "operation.selection", "there is always one cache");
    refused(&["provider", "enable", "nonesuch"], "operation.selection", "no plugin in the plugin folders");
    refused(&["provider", "undo"], "operation.nothing_to_undo", "no operation");
    #[cfg(unix)]
    {
        plugins::set_mode(&program.setup.path("plugins.toml"), 0o444);
        refused(&["provider", "switch", "cache", "other"], "operation.file_unwritable", "read-only");
        plugins::set_mode(&program.setup.path("plugins.toml"), 0o644);
    }
}

#[test]
fn a_variable_that_wins_over_the_file_is_named() {
    let program = Program::start(
        "[monitoring]\nproviders = []\n[analytics]\nproviders = []\n[providers.other]\nplugin = \"cache_memory\"\n",
        &["cache_memory"],
    );
    drop(program);
    let setup = Setup::new(TEXT, &["cache_memory"]).variable("CACHE_PROVIDER", "memory");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let host = setup.start().await;
        let sources = setup.sources();
        let operations =
            outrigger::operations::Operations::new(host, Box::new(move || Ok(sources.clone())), Some(TEXT.to_owned()));
        let by = outrigger::operations::By::Admin;
        let error =
            operations.switch(by, outrigger::manifest::Kind::Cache, vec!["other".to_owned()]).await.unwrap_err();
        assert_eq!(error.code(), "operation.overridden");
        assert!(error.to_string().contains("CACHE_PROVIDER selects memory"), "{error}");
    });
}

#[cfg(unix)]
#[test]
fn a_reload_says_every_fault_and_a_watched_file_is_taken_by_itself() {
    let watched = format!("{TEXT}[reload]\nwatch = true\nsettle = \"50ms\"\n");
    let program = Program::start(&watched, &["cache_memory"]);
    program.write(&watched.replace("\"memory\" #", "\"other\" #"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(eventually("the file is taken", async || program.cache() == "other"));
    program.write("[cache]\nprovder = \"other\"\n[limits]\nbody = 16\n");
    let (code, _, complaint) = program.run(&["reload"]);
    assert_eq!(code, 1);
    for words in ["error[reload.configuration]", "provder", "body"] {
        assert!(complaint.contains(words), "{words:?} is not in: {complaint}");
    }
    assert_eq!(program.cache(), "other");
}
