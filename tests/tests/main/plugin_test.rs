//! `outrigger plugin test`: what it says of a plugin that conforms, fails, crashes, hangs or can't be loaded.

use std::{
    path::Path,
    process::{Command, Output},
};

use outrigger::conformance::SEAM_CASES;
use outrigger_tests::plugins;
use serde_json::{Value, json};

fn plugin_test(library: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(plugins::built().join("outrigger"));
    command.args(["plugin", "test", "--format", "json"]).arg(library).args(more);
    // No variable of a developer's shell selects or sets anything, and what it makes is made here.
    command.env_clear().env("TMPDIR", dir.path()).current_dir(dir.path());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = serde_json::from_slice(&stdout);
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    (status.code(), said.unwrap_or_else(|error| unreachable!("{error}: {}", String::from_utf8_lossy(&stderr))))
}

/// Places a library where nobody else can write, as the loader wants it.
fn placed(library: &Path) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(library.file_name().unwrap());
    std::fs::copy(library, &file).unwrap();
    plugins::set_mode(&file, 0o755);
    (dir, file)
}

fn case<'a>(report: &'a Value, name: &str) -> &'a Value {
    let cases = report["cases"].as_array().unwrap();
    cases.iter().find(|case| case["case"] == name).unwrap_or_else(|| unreachable!("{name} in {report:#}"))
}

#[test]
fn a_plugin_that_conforms_passes_every_case_of_its_kind_and_of_the_seam() {
    for (name, own) in [("cache_memory", "a_written_value_is_read_back"), ("monitoring_console", "full_batch_is_taken")]
    {
        let (_dir, file) = placed(&plugins::library(name));
        let (code, report) = plugin_test(&file, &[]);
        assert_eq!((code, &report["ok"], &report["failed"]), (Some(0), &json!(true), &json!(0)), "{name}: {report:#}");
        for expected in SEAM_CASES.into_iter().chain([own]) {
            assert_eq!(case(&report, expected)["outcome"], "passed", "{name}: {report:#}");
        }
    }
}

#[test]
fn a_fault_of_the_plugin_is_a_line_and_the_next_cases_run() {
    let (_dir, file) = placed(&plugins::library("cache_crooked"));
    let (code, report) = plugin_test(&file, &["--set", "fault=run_panic"]);
    assert_eq!((code, &report["ok"], &report["complete"]), (Some(1), &json!(false), &json!(true)));
    let failed = case(&report, "cancelled_calls_leave_it_serving");
    assert_eq!(failed["outcome"], "failed");
    assert!(failed["why"].as_str().unwrap().contains("run panics"), "{failed}");
    assert_eq!(case(&report, "flush_twice_is_fine")["outcome"], "failed", "it serves no call");
    assert_eq!(case(&report, "shutting_down_twice_is_fine")["outcome"], "passed");
}

#[cfg(unix)]
#[test]
fn a_plugin_that_ends_the_process_is_named_with_how_and_in_which_case() {
    let (_dir, file) = placed(&plugins::library("cache_crooked"));
    for (fault, how) in [
        ("fault=call_aborts", "signal 6 (SIGABRT"),
        ("fault=call_segfault", "signal 11 (SIGSEGV"),
        ("fault=call_exit", "it ended the process (exit status: 0)"),
    ] {
        let (code, report) = plugin_test(&file, &["--set", fault]);
        assert_eq!((code, &report["complete"]), (Some(1), &json!(false)), "{fault}: {report:#}");
        let crashed = case(&report, "a_missing_key_has_no_value");
        assert_eq!(crashed["outcome"], "crashed", "{fault}");
        assert!(crashed["why"].as_str().unwrap().starts_with(how), "{fault}: {crashed}");
    }
}

#[test]
fn a_plugin_that_hangs_is_ended_and_named_with_the_case() {
    let (_dir, file) = placed(&plugins::library("cache_crooked"));
    let settings = file.with_file_name("settings.toml");
    std::fs::write(&settings, "fault = \"call_blocks\"\n").unwrap();
    let (code, report) = plugin_test(&file, &["--settings", settings.to_str().unwrap(), "--patience", "2s"]);
    assert_eq!((code, &report["complete"]), (Some(1), &json!(false)));
    let hung = case(&report, "a_missing_key_has_no_value");
    assert_eq!((&hung["outcome"], &hung["why"]), (&json!("hung"), &json!("no answer for 2s")));
}

#[test]
fn what_can_not_be_tested_is_said_with_its_code() {
    let (_dir, file) = placed(&plugins::library("cache_crooked"));
    let missing = file.with_file_name("missing.so");
    let text = file.with_file_name("text.so");
    std::fs::write(&text, "no library").unwrap();
    for (file, more, exit, code) in [
        (&file, &["--set", "fault=start_panic"][..], 70, "plugin.start_failed"),
        (&text, &[], 70, "plugin.damaged"),
        (&missing, &[], 3, "plugin.unreadable"),
    ] {
        let (ended, said) = plugin_test(file, more);
        assert_eq!((ended, &said["error"]["code"]), (Some(exit), &json!(code)), "{said:#}");
    }
    let (ended, said) = plugin_test(&file, &["--set", "falt=x"]);
    assert_eq!(ended, Some(78), "{said:#}");
    assert!(said.to_string().contains("config.unknown_key") && said.to_string().contains("fault"), "{said:#}");
}
