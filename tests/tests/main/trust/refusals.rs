//! Each way in which a file can differ from what was locked, and each policy, has a message of its own.

use insta::assert_snapshot;
use outrigger_tests::{plugins::patched, test_host::Setup};

use super::*;

/// Returns a folder whose plugin is locked.
fn locked(more: &str) -> Setup {
    let setup = setup(more);
    does(&setup, &["plugin", "lock"]);
    setup
}

fn change(setup: &Setup, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let file = setup.library("cache_memory");
    let bytes = change(std::fs::read(&file).unwrap());
    std::fs::write(&file, bytes).unwrap();
}

fn change_lock(setup: &Setup, change: impl FnOnce(String) -> String) {
    let file = setup.path("plugins.lock");
    let text = change(std::fs::read_to_string(&file).unwrap());
    std::fs::write(&file, text).unwrap();
}

#[test]
fn what_is_locked_and_unchanged_runs() {
    let setup = locked("");
    let check = does(&setup, &["check"]);
    assert!(check.contains("cache_memory  locked  plugins/libcache_memory.so"), "{check}");
    assert!(does(&setup, &["plugin", "verify"]).contains("cache_memory  locked"));
    let running = Running::start(&setup);
    assert_eq!(running.readiness["ready"], true, "{}", running.readiness);
    assert_eq!(running.status()["providers"][0]["trust"], "locked");
}

#[test]
fn a_changed_file_is_refused_with_both_hashes() {
    let setup = locked("");
    change(&setup, |bytes| [bytes, b"x".to_vec()].concat());
    assert_snapshot!(refused(&setup, "plugin.changed"));
}

#[test]
fn a_changed_file_is_refused_even_where_unknown_plugins_are_allowed() {
    let setup = locked("[trust]\nunknown-plugins = \"allow\"\n");
    change(&setup, |bytes| [bytes, b"x".to_vec()].concat());
    refused(&setup, "plugin.changed");
}

#[test]
fn a_file_that_is_cut_short_is_said_to_be() {
    let setup = locked("");
    change(&setup, |mut bytes| {
        bytes.truncate(bytes.len() / 2);
        bytes
    });
    assert_snapshot!(refused(&setup, "plugin.truncated"));
}

#[test]
fn a_sound_file_with_fewer_bytes_than_were_locked_is_said_to_be_cut_short() {
    let setup = setup("");
    change(&setup, |bytes| [bytes, vec![0; 100]].concat());
    does(&setup, &["plugin", "lock"]);
    change(&setup, |mut bytes| {
        bytes.truncate(bytes.len() - 100);
        bytes
    });
    assert_snapshot!(refused(&setup, "plugin.truncated"));
}

#[test]
fn another_version_than_the_locked_one_is_refused() {
    let setup = locked("");
    change(&setup, |bytes| patched(bytes, br#"cache_memory","version":"0."#, br#"cache_memory","version":"9."#));
    assert_snapshot!(refused(&setup, "plugin.other_version"));
}

#[test]
fn a_plugin_that_is_locked_for_another_target_only_is_refused() {
    let setup = locked("");
    let ours = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    change_lock(&setup, |text| text.replace(&ours, "riscv64gc-unknown-linux-gnu"));
    assert_snapshot!(refused(&setup, "plugin.not_locked_for_target"));
}

#[test]
fn a_plugin_that_the_lock_does_not_name_is_refused_by_default() {
    let setup = locked("");
    change_lock(&setup, |text| text.replace("cache_memory", "cache_other"));
    assert_snapshot!(refused(&setup, "plugin.not_locked"));
}

#[test]
fn without_a_lock_a_plugin_runs_unless_the_policy_says_otherwise() {
    assert_eq!(Running::start(&setup("")).readiness["ready"], true);
    let setup = setup("[trust]\nunknown-plugins = \"deny\"\n");
    // There is no lock to verify by.
    let (exit, check) = said(&setup, &["check"]);
    assert_eq!(exit, 70);
    assert_snapshot!(check);
    let running = Running::start(&setup);
    assert_eq!(running.readiness["providers"][0]["code"], "plugin.not_locked");
}

#[test]
fn the_variable_overrides_the_file_and_is_named() {
    let setup = setup("[trust]\nunknown-plugins = \"allow\"\n");
    let output = command(&setup, &["check"]).env("OUTRIGGER_TRUST_UNKNOWN_PLUGINS", "deny").output().unwrap();
    assert_eq!(output.status.code(), Some(70));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("(environment variable OUTRIGGER_TRUST_UNKNOWN_PLUGINS)"), "{text}");
}

#[test]
fn what_the_policy_only_warns_of_runs_and_the_log_says_so() {
    let setup = setup("[trust]\nunknown-plugins = \"warn\"\n");
    assert_snapshot!(does(&setup, &["check"]));
    let mut running = Running::start(&setup);
    assert_eq!(running.readiness["ready"], true);
    let line = running.log.line_with("plugin.not_locked");
    assert_eq!((line["level"].as_str(), line["plugin"].as_str()), (Some("WARN"), Some("cache_memory")), "{line}");
}

#[test]
fn a_lock_that_can_not_be_read_is_a_fault_of_the_configuration() {
    for (lock, says) in [
        ("version = 1\n[[plugin]\n", "config.lock_invalid"),
        ("version = 2\n", "this host reads version 1"),
        ("\u{fffd}garbage", "config.lock_invalid"),
    ] {
        let setup = setup("");
        std::fs::write(setup.path("plugins.lock"), lock).unwrap();
        for arguments in [&["run"][..], &["check"], &["plugin", "list"], &["plugin", "verify"], &["plugin", "lock"]] {
            let (exit, text) = said(&setup, arguments);
            assert_eq!(exit, 78, "{arguments:?}: {text}");
            assert!(text.contains(says) && text.contains("plugins.lock:"), "{text}");
        }
    }
    let large = setup("");
    std::fs::write(large.path("plugins.lock"), " ".repeat((2 << 20) + 1)).unwrap();
    let (exit, text) = said(&large, &["check"]);
    assert!(exit == 78 && text.contains("config.file_too_large"), "{text}");
}
