//! The commands that lock, install and remove. None of them runs a plugin.

use std::path::PathBuf;

use insta::assert_snapshot;
use outrigger_tests::plugins::{self, patched};

use super::*;

/// What only the other target's file would have; its bytes are of this machine, which locking does not mind.
const FOREIGN: &str = "riscv64gc-unknown-linux-gnu";

fn lock_text(setup: &Setup) -> String {
    std::fs::read_to_string(setup.path("plugins.lock")).unwrap()
}

/// Puts the memory plugin into a folder as if it were built for another target.
fn foreign(setup: &Setup, folder: &str) -> PathBuf {
    let (dir, ours) = (setup.path(folder), format!("{}-unknown-linux-gnu", std::env::consts::ARCH));
    std::fs::create_dir(&dir).unwrap();
    let target = |name: &str| format!("\"target\":\"{name}\"").into_bytes();
    let mut to = target(FOREIGN);
    // Texts of one length keep every offset: JSON takes blanks.
    let from = [target(&ours), b",\"rustc\":\"rustc".to_vec()].concat();
    to.extend(b",\"rustc\":\"");
    assert!(to.len() <= from.len(), "{} and {}", to.len(), from.len());
    to.resize(from.len(), b'x');
    let file = dir.join("libcache_memory.so");
    std::fs::write(&file, patched(std::fs::read(setup.library("cache_memory")).unwrap(), &from, &to)).unwrap();
    file
}

#[test]
fn locking_says_what_changed_and_writes_the_same_text_again() {
    let setup = setup("");
    plugins::place("monitoring_console", &setup.plugins());
    plugins::set_mode(&setup.library("monitoring_console"), 0o755);
    assert_snapshot!("first_lock", does(&setup, &["plugin", "lock"]));
    let first = lock_text(&setup);
    assert_snapshot!("lock_file", plain(&setup, &first));
    assert_snapshot!("same_lock", does(&setup, &["plugin", "lock"]));
    assert_eq!(lock_text(&setup), first);
    let file = setup.library("cache_memory");
    std::fs::write(&file, [std::fs::read(&file).unwrap(), b"x".to_vec()].concat()).unwrap();
    std::fs::remove_file(setup.library("monitoring_console")).unwrap();
    assert_snapshot!("changed_lock", does(&setup, &["plugin", "lock"]));
    assert_ne!(lock_text(&setup), first);
    let left: Vec<_> = std::fs::read_dir(setup.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "plugins, plugins.toml, plugins.lock: {left:?}");
}

#[test]
fn the_hashes_of_other_targets_are_locked_from_their_folders_and_stay() {
    let setup = setup("");
    foreign(&setup, "other");
    let said = does(&setup, &["plugin", "lock", "--add-targets", "other"]);
    assert!(said.contains(FOREIGN) && said.contains("TARGET"), "{said}");
    let both = lock_text(&setup);
    assert_eq!(both.matches("target = ").count(), 2, "{both}");
    does(&setup, &["plugin", "lock"]);
    assert_eq!(lock_text(&setup), both, "what is locked for another target stays");
    assert!(does(&setup, &["plugin", "verify"]).contains("cache_memory  locked"));
}

#[test]
fn files_of_two_versions_are_no_release_and_nothing_is_written() {
    let setup = setup("");
    let file = foreign(&setup, "other");
    let bytes = std::fs::read(&file).unwrap();
    let bytes = patched(bytes, br#"cache_memory","version":"0."#, br#"cache_memory","version":"9."#);
    std::fs::write(&file, bytes).unwrap();
    let (exit, text) = said(&setup, &["plugin", "lock", "--add-targets", "other"]);
    assert_eq!(exit, 1);
    assert_snapshot!(text);
    assert!(!setup.path("plugins.lock").exists());
}

#[test]
fn there_must_be_something_to_lock_and_to_verify_by() {
    let setup = setup("");
    let (exit, text) = said(&setup, &["plugin", "verify"]);
    assert_eq!(exit, 3);
    assert_snapshot!("nothing_to_verify", text);
    std::fs::create_dir(setup.path("empty")).unwrap();
    for arguments in [&["--add-targets", "empty"][..], &["--add-targets", "absent"], &["--set", "plugin-dirs=[]"]] {
        let (exit, text) = said(&setup, &[&["plugin", "lock"], arguments].concat());
        assert!(exit == 3 && text.contains("plugin.nothing_to_lock"), "{text}");
        assert!(!setup.path("plugins.lock").exists());
    }
}

#[test]
fn a_file_that_can_not_be_locked_stops_the_lock() {
    let setup = setup("");
    does(&setup, &["plugin", "lock"]);
    let before = lock_text(&setup);
    std::fs::write(setup.library("broken"), b"no library").unwrap();
    plugins::set_mode(&setup.library("broken"), 0o755);
    let (exit, text) = said(&setup, &["plugin", "lock"]);
    assert!(exit == 70 && text.contains("plugin.damaged") && text.contains("libbroken.so"), "{text}");
    assert_eq!(lock_text(&setup), before);
    let (exit, text) = said(&setup, &["plugin", "verify"]);
    assert!(exit == 70 && text.contains("refused[plugin.damaged]"), "{text}");
}

#[test]
fn a_locked_plugin_that_is_gone_fails_the_verification() {
    let setup = setup("");
    plugins::place("monitoring_console", &setup.plugins());
    plugins::set_mode(&setup.library("monitoring_console"), 0o755);
    does(&setup, &["plugin", "lock"]);
    std::fs::remove_file(setup.library("cache_memory")).unwrap();
    let (exit, text) = said(&setup, &["plugin", "verify"]);
    assert_eq!(exit, 70);
    assert!(text.contains("missing: cache_memory is locked"), "{text}");
    std::fs::remove_file(setup.library("monitoring_console")).unwrap();
    let (exit, text) = said(&setup, &["plugin", "verify"]);
    assert!(exit == 70 && text.contains("missing: monitoring_console"), "an empty folder verifies nothing: {text}");
}

#[test]
fn a_plugin_is_installed_under_its_own_name_and_locked_where_there_is_a_lock() {
    let setup = setup("");
    let download = setup.path("download.bin");
    std::fs::copy(plugins::library("monitoring_console"), &download).unwrap();
    std::fs::write(setup.path("download.bin.minisig"), "of its author").unwrap();
    let file = download.display().to_string();
    assert_snapshot!("installed", does(&setup, &["plugin", "add", &file]));
    let target = setup.library("monitoring_console");
    assert_eq!(std::fs::read(&target).unwrap(), std::fs::read(&download).unwrap());
    let signature = std::fs::read_to_string(setup.plugins().join("libmonitoring_console.so.minisig"));
    assert_eq!(signature.unwrap(), "of its author");
    std::fs::remove_file(setup.path("download.bin.minisig")).unwrap();
    assert!(!setup.path("plugins.lock").exists(), "a lock of one would refuse the other");
    does(&setup, &["plugin", "lock"]);
    assert_snapshot!("installed_again", does(&setup, &["plugin", "add", &file, "--origin", "https://example.com"]));
    assert!(lock_text(&setup).contains("origin = \"https://example.com\""));
    let left = setup.plugins().join("libmonitoring_console.so.minisig");
    assert!(!left.exists(), "the signature of another content went with it");
    // Another content of the locked version may be a broken download or an attack: neither is installed.
    let bytes = std::fs::read(&download).unwrap();
    for (changed, code) in [
        ([bytes.as_slice(), b"x"].concat(), "plugin.changed"),
        (bytes[..bytes.len() / 2].to_vec(), "plugin.damaged"),
        (b"no library".to_vec(), "plugin.damaged"),
    ] {
        std::fs::write(&download, changed).unwrap();
        let (exit, text) = said(&setup, &["plugin", "add", &file]);
        assert!(exit == 70 && text.contains(code), "{text}");
        assert_eq!(std::fs::read(&target).unwrap(), bytes, "what is installed stays");
    }
    does(&setup, &["plugin", "verify"]);
    let (exit, text) = said(&setup, &["plugin", "add", "absent.so"]);
    assert!(exit == 70 && text.contains("plugin.unreadable"), "{text}");
}

#[test]
fn an_upgrade_is_locked_and_a_second_file_of_a_name_is_not_installed() {
    let setup = setup("");
    does(&setup, &["plugin", "lock"]);
    let newer = std::fs::read(setup.library("cache_memory")).unwrap();
    let newer = patched(newer, br#"cache_memory","version":"0."#, br#"cache_memory","version":"9."#);
    let download = setup.path("newer.so");
    std::fs::write(&download, newer).unwrap();
    let file = download.display().to_string();
    does(&setup, &["plugin", "add", &file]);
    assert!(lock_text(&setup).contains("version = \"9."), "{}", lock_text(&setup));
    assert_eq!(Running::start(&setup).readiness["ready"], true);
    std::fs::rename(setup.library("cache_memory"), setup.library("renamed")).unwrap();
    let (exit, text) = said(&setup, &["plugin", "add", &file]);
    assert!(exit == 70 && text.contains("plugin.duplicate") && text.contains("librenamed.so"), "{text}");
}

#[test]
fn where_signatures_are_required_an_unsigned_plugin_is_not_installed() {
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let setup = setup(&format!("[trust]\nsignatures = \"require\"\npublic-keys = [\"{key}\"]\n"));
    let file = plugins::library("monitoring_console").display().to_string();
    let (exit, text) = said(&setup, &["plugin", "add", &file]);
    assert!(exit == 70 && text.contains("plugin.unsigned"), "{text}");
    assert!(!setup.library("monitoring_console").exists());
}

#[test]
fn a_plugin_is_removed_with_its_entry_unless_the_configuration_names_it() {
    let setup = setup("[providers.other]\nplugin = \"monitoring_console\"\nsettings.colour = \"never\"\n");
    for name in ["monitoring_console", "analytics_internal"] {
        plugins::place(name, &setup.plugins());
        plugins::set_mode(&setup.library(name), 0o755);
    }
    does(&setup, &["plugin", "lock"]);
    for name in ["cache_memory", "monitoring_console"] {
        let (exit, text) = said(&setup, &["plugin", "remove", name]);
        assert!(exit == 1 && text.contains("plugin.in_use"), "{text}");
        assert!(setup.library(name).exists() && lock_text(&setup).contains(name));
    }
    assert_snapshot!("in_use", said(&setup, &["plugin", "remove", "cache_memory"]).1);
    assert_snapshot!("removed", does(&setup, &["plugin", "remove", "analytics_internal"]));
    assert!(!setup.library("analytics_internal").exists() && !lock_text(&setup).contains("analytics_internal"));
    does(&setup, &["plugin", "remove", "cache_memory", "--force"]);
    assert!(!setup.library("cache_memory").exists());
    let (exit, text) = said(&setup, &["plugin", "remove", "cache_memory"]);
    assert!(exit == 3 && text.contains("plugin.unknown"), "{text}");
    // Locked and no longer there: only the entry is left to go.
    std::fs::remove_file(setup.library("monitoring_console")).unwrap();
    does(&setup, &["plugin", "remove", "monitoring_console", "--force"]);
    assert!(!lock_text(&setup).contains("[[plugin]]"));
}
