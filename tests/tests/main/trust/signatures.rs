//! Signatures as minisign itself makes them.
#![expect(clippy::expect_used, reason = "a missing program is a failure that names the command to install it")]

use std::process::Command;

use insta::assert_snapshot;
use outrigger_tests::test_host::Setup;

use super::*;

/// A pair of keys in a folder of its own.
struct Signer {
    dir: tempfile::TempDir,
}

impl Signer {
    fn new() -> Self {
        let signer = Self { dir: tempfile::tempdir().unwrap() };
        signer.minisign(&["-G", "-W", "-p", "key.pub", "-s", "key"]);
        signer
    }

    fn minisign(&self, arguments: &[&str]) {
        let output = Command::new("minisign").args(arguments).current_dir(self.dir.path()).output();
        let output = output.expect("minisign is missing; install it with: apt-get install minisign");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn public(&self) -> String {
        let text = std::fs::read_to_string(self.dir.path().join("key.pub")).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    }

    /// Signs the memory plugin in the present form or, with `-l`, in the legacy one.
    fn sign(&self, setup: &Setup, form: &[&str]) {
        let file = setup.library("cache_memory").display().to_string();
        self.minisign(&[form, &["-S", "-s", "key", "-m", &file]].concat());
    }

    /// Returns a folder that asks for this signer's signatures.
    fn setup(&self, policy: &str) -> Setup {
        let key = self.public();
        setup(&format!("[trust]\nsignatures = \"{policy}\"\npublic-keys = [\"{key}\"]\n"))
    }
}

#[test]
fn a_plugin_that_a_trusted_key_signed_runs() {
    let signer = Signer::new();
    for form in [&[][..], &["-l"]] {
        let setup = signer.setup("require");
        signer.sign(&setup, form);
        let check = does(&setup, &["check"]);
        assert!(check.contains("not locked, signed by KEY"), "{check}");
        does(&setup, &["plugin", "verify"]);
        let running = Running::start(&setup);
        assert_eq!(running.readiness["ready"], true, "{form:?}");
        let trust = running.status()["providers"][0]["trust"].to_string();
        assert!(trust.contains("not locked, signed by "), "{trust}");
    }
}

#[test]
fn an_unsigned_plugin_is_refused_where_signatures_are_required() {
    assert_snapshot!(refused(&Signer::new().setup("require"), "plugin.unsigned"));
}

#[test]
fn a_signature_of_other_bytes_is_refused() {
    let signer = Signer::new();
    for form in [&[][..], &["-l"]] {
        let setup = signer.setup("require");
        signer.sign(&setup, form);
        let file = setup.library("cache_memory");
        let bytes = [std::fs::read(&file).unwrap(), b"x".to_vec()].concat();
        std::fs::write(&file, bytes).unwrap();
        assert_snapshot!("a_signature_of_other_bytes_is_refused", refused(&setup, "plugin.bad_signature"));
    }
}

#[test]
fn a_file_that_is_no_signature_is_refused() {
    let setup = Signer::new().setup("require");
    let signature = format!("{}.minisig", setup.library("cache_memory").display());
    std::fs::write(signature, "no signature\n").unwrap();
    assert_snapshot!(refused(&setup, "plugin.bad_signature"));
}

#[test]
fn a_signature_by_a_key_that_is_not_trusted_is_refused() {
    let setup = Signer::new().setup("require");
    Signer::new().sign(&setup, &[]);
    assert_snapshot!(refused(&setup, "plugin.unknown_key"));
}

#[test]
fn where_signatures_are_only_wanted_an_unsigned_plugin_runs_and_the_log_says_so() {
    let setup = Signer::new().setup("warn");
    assert_snapshot!(does(&setup, &["check"]));
    does(&setup, &["plugin", "verify"]);
    let mut running = Running::start(&setup);
    assert_eq!(running.readiness["ready"], true);
    assert_eq!(running.log.line_with("plugin.unsigned")["level"], "WARN");
}

#[test]
fn a_lock_holds_a_signed_plugin_too() {
    let signer = Signer::new();
    let setup = signer.setup("require");
    signer.sign(&setup, &[]);
    does(&setup, &["plugin", "lock"]);
    assert!(does(&setup, &["plugin", "verify"]).contains("locked, signed by KEY"));
    let file = setup.library("cache_memory");
    std::fs::write(&file, [std::fs::read(&file).unwrap(), b"x".to_vec()].concat()).unwrap();
    signer.sign(&setup, &[]);
    refused(&setup, "plugin.changed");
}

#[test]
fn signatures_without_keys_and_texts_that_are_no_keys_are_faults_of_the_configuration() {
    let (exit, text) = said(&setup("[trust]\nsignatures = \"require\"\n"), &["check"]);
    assert_eq!(exit, 78);
    assert_snapshot!(text);
    let (exit, text) = said(&setup("[trust]\npublic-keys = [\"RWnonsense\"]\n"), &["check"]);
    assert_eq!(exit, 78);
    assert_snapshot!(text);
}
