//! A name that is locked has one content, whatever else is allowed; one that is not is the policy's.

use std::path::PathBuf;

use outrigger_plugin_api::manifest::Kind;

use super::*;

const HERE: &str = "x86_64-unknown-linux-gnu";

/// Returns a manifest of which only this matters.
pub(super) fn manifest(name: &str, version: &str) -> Manifest {
    Manifest {
        name: name.to_owned(),
        version: version.to_owned(),
        api: "1.0.0".to_owned(),
        kinds: vec![Kind::Cache],
        capabilities: 0,
        idempotency: "none".to_owned(),
        batch_count_max: 0,
        batch_bytes_max: 0,
        exclusive: false,
        target: HERE.to_owned(),
        rustc: String::new(),
        profile: "release".to_owned(),
        panic: "unwind".to_owned(),
        description: String::new(),
        settings: serde_json::Value::Null,
    }
}

fn trust(unknown: Unknown, lock: Option<Lock>) -> Trust {
    Trust {
        unknown,
        unknown_by: "the policy".to_owned(),
        signatures: Signatures::Off,
        signatures_by: String::new(),
        keys: Vec::new(),
        lock_file: PathBuf::from("plugins.lock"),
        lock,
    }
}

/// Locks `cache_x` 1.0.0 with the content `good bytes`, whose hash is here `good`.
fn lock() -> Lock {
    let mut lock = Lock::default();
    lock.pin(&Measured {
        name: "cache_x".to_owned(),
        version: "1.0.0".to_owned(),
        target: HERE.to_owned(),
        file: "libcache_x.so".to_owned(),
        bytes: 10,
        sha256: "good".to_owned(),
    });
    lock
}

fn judged(trust: &Trust, manifest: &Manifest, bytes: &[u8], sha256: &str) -> Judgement {
    judge(trust, Content { file: Path::new("plugins/libcache_x.so"), manifest, bytes, sha256 })
}

#[test]
fn a_locked_name_with_any_other_content_is_refused_under_every_policy() {
    let ours = manifest("cache_x", "1.0.0");
    let upgraded = manifest("cache_x", "1.0.1");
    let foreign = Manifest { target: "x86_64-unknown-linux-musl".to_owned(), ..ours.clone() };
    for unknown in [Unknown::Allow, Unknown::Warn, Unknown::Deny] {
        let trust = trust(unknown, Some(lock()));
        assert_eq!(judged(&trust, &ours, b"good bytes", "good").lock, Finding::Good("locked".to_owned()));
        for (manifest, bytes, code) in [
            (&ours, &b"evil bytes"[..], "plugin.changed"),
            (&ours, b"evil bytes, and more", "plugin.changed"),
            (&ours, b"good", "plugin.truncated"),
            // Were one of these the policy's, a changed manifest would be the way around the hash.
            (&upgraded, b"evil bytes", "plugin.other_version"),
            (&foreign, b"evil bytes", "plugin.not_locked_for_target"),
            (&upgraded, b"good bytes", "plugin.other_version"),
        ] {
            let judgement = judged(&trust, manifest, bytes, "other");
            let refusal = judgement.refusal().map(TrustError::code);
            assert_eq!(refusal, Some(code), "{unknown:?} {judgement:?}");
        }
    }
}

#[test]
fn a_name_that_is_not_locked_is_the_policys() {
    let stranger = manifest("cache_y", "1.0.0");
    for lock in [None, Some(lock())] {
        let finding = |unknown| judged(&trust(unknown, lock.clone()), &stranger, b"bytes", "hash").lock;
        let error = TrustError::NotLocked { lock: "plugins.lock".to_owned(), policy: "the policy".to_owned() };
        assert_eq!(finding(Unknown::Allow), Finding::Absent("not locked"));
        assert_eq!(finding(Unknown::Warn), Finding::Doubtful(error.clone()));
        assert_eq!(finding(Unknown::Deny), Finding::Refused(error));
    }
}

#[test]
fn what_is_installed_may_be_new_or_another_version_but_not_another_content_of_a_locked_one() {
    let trust = trust(Unknown::Deny, Some(lock()));
    let new = |manifest: &Manifest, sha256: &str| {
        let content = Content { file: Path::new("x.so"), manifest, bytes: b"some bytes", sha256 };
        judge_new(&trust, content).map_err(|error| error.code())
    };
    assert_eq!(new(&manifest("cache_y", "1.0.0"), "any"), Ok(()));
    assert_eq!(new(&manifest("cache_x", "1.0.1"), "any"), Ok(()));
    assert_eq!(new(&manifest("cache_x", "1.0.0"), "good"), Ok(()));
    assert_eq!(new(&manifest("cache_x", "1.0.0"), "any"), Err("plugin.changed"));
}
