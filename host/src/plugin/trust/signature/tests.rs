//! Signatures that minisign 0.11 made of the bytes `test`, in both its forms, and everything that can be wrong with one.

use std::path::Path;

use super::*;
use crate::{config::Unknown, plugin::trust::Judgement};

const KEY: &str = "RWTx68BX5AhEUcnNp27n9xdbMglkMDKmlhC33m4mtB34qh6VYn3R6Ztp";
const NUMBER: &str = "514408E457C0EBF1";
/// The key of minisign-verify's own documentation.
const OTHER_KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const PREHASHED: &str = "\
untrusted comment: signature from minisign secret key
RUTx68BX5AhEUQnN05uFPajRdF8PlEm5qgPMy7Z2lOfy2oIzlJ+auVbepksceIBvkYziMZSesWSVcn590TVX9CG4AZz2yGRm3QQ=
trusted comment: prehashed
3wyATCcmQ26pAFmsL5Wyax+kUJ68rso9qEdEtiZXgzhb3nja5G6iUmObWNsZJ/gLKKwdM1DkCnL5mD1NAs7iDQ==
";
const LEGACY: &str = "\
untrusted comment: signature from minisign secret key
RWTx68BX5AhEUUwL9uouz1YtQOwfKQ1SWyEheUHdrSSrvV+QTUzLp1BaUS/XIzQftFY+aWDVvkoJlsplIwaGBi1nXDO383T0YAI=
trusted comment: legacy
07MvSWMSLs3swbCdwbsyajWAkPoH4VZIgQ/QFqSM0/XE3C7WYqpL+gf215fkn9t5bE95yoNBFZsQvi75ZLZrAA==
";

/// Judges `bytes` beside this signature file, if any.
fn judged(signature: Option<&[u8]>, bytes: &[u8], keys: &[&str], policy: Signatures) -> Finding {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("lib.so");
    if let Some(signature) = signature {
        std::fs::write(beside(&file), signature).unwrap();
    }
    let trust = Trust {
        unknown: Unknown::Allow,
        unknown_by: String::new(),
        signatures: policy,
        signatures_by: "the policy".to_owned(),
        keys: keys.iter().map(|key| Key::parse(key).unwrap()).collect(),
        lock_file: dir.path().join("plugins.lock"),
        lock: None,
    };
    let manifest = crate::plugin::trust::tests::manifest("cache_x", "1.0.0");
    judge(&trust, Content { file: &file, manifest: &manifest, bytes, sha256: "" })
}

fn refused(signature: &[u8], bytes: &[u8], keys: &[&str]) -> TrustError {
    match judged(Some(signature), bytes, keys, Signatures::Require) {
        Finding::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_forms_of_a_signature_by_a_trusted_key_are_good() {
    let good = Finding::Good(format!("signed by {NUMBER}"));
    for signature in [PREHASHED, LEGACY] {
        for keys in [&[KEY][..], &[OTHER_KEY, KEY]] {
            assert_eq!(judged(Some(signature.as_bytes()), b"test", keys, Signatures::Require), good);
        }
        // As an editor on Windows leaves it.
        let crlf = signature.replace('\n', "\r\n");
        assert_eq!(judged(Some(crlf.as_bytes()), b"test", &[KEY], Signatures::Require), good);
    }
    assert_eq!(Key::parse(KEY).unwrap().number(), NUMBER);
}

#[test]
fn a_signature_of_other_bytes_or_with_another_comment_is_bad() {
    for signature in [PREHASHED, LEGACY] {
        for (signature, bytes) in [
            (signature.to_owned(), &b"tesT"[..]),
            (signature.to_owned(), b""),
            (signature.replace("trusted comment: ", "trusted comment: of another release, "), b"test"),
        ] {
            let error = refused(signature.as_bytes(), bytes, &[KEY]);
            assert_eq!(error.code(), "plugin.bad_signature");
            assert!(error.to_string().contains("does not fit"), "{error}");
        }
    }
}

#[test]
fn what_is_no_signature_is_bad_and_is_said_not_to_be_one() {
    let long = [PREHASHED.as_bytes(), &vec![b'\n'; 20_000]].concat();
    let half = PREHASHED.get(..120).unwrap_or_default().as_bytes();
    for (signature, says) in [
        (&b""[..], "no minisign signature"),
        (b"\xff\xfe", "can't be read"),
        (half, "no minisign signature"),
        (&long, "more than 16384 bytes"),
    ] {
        let error = refused(signature, b"test", &[KEY]);
        assert_eq!(error.code(), "plugin.bad_signature");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn the_key_of_somebody_else_is_named() {
    let error = refused(PREHASHED.as_bytes(), b"test", &[OTHER_KEY]);
    assert_eq!(error, TrustError::UnknownKey { key: NUMBER.to_owned() });
    assert!(Key::parse("untrusted comment: minisign public key").is_none());
    assert!(Key::parse("").is_none());
}

#[test]
fn the_policy_decides_what_an_unsigned_file_leads_to() {
    let unsigned = |policy| judged(None, b"test", &[KEY], policy);
    assert_eq!(unsigned(Signatures::Off), Finding::Absent("not checked"));
    let (warn, require) = (unsigned(Signatures::Warn), unsigned(Signatures::Require));
    let (Finding::Doubtful(doubt), Finding::Refused(refusal)) = (&warn, &require) else {
        panic!("{warn:?} {require:?}")
    };
    for error in [doubt, refusal] {
        assert_eq!(error.code(), "plugin.unsigned");
        assert!(error.to_string().contains("the policy"), "{error}");
        assert!(error.help().contains("lib.so.minisig"), "{}", error.help());
    }
    let judgement = Judgement { lock: Finding::Absent("not locked"), signature: warn.clone() };
    assert_eq!((judgement.refusal(), judgement.doubts().count()), (None, 1));
    assert_eq!(judgement.words(), "not locked, unsigned");
    assert_eq!(beside(Path::new("plugins/lib.so")), Path::new("plugins/lib.so.minisig"));
}
