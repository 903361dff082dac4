//! The table is complete, in order, and what the reference says.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{GROUPS, reference};

/// The words before the dot. `cache`, `host` and others also begin configuration keys: those are told apart below.
const AREAS: [&str; 13] = [
    "operation",
    "reload",
    "config",
    "plugin",
    "provider",
    "call",
    "cache",
    "journal",
    "delivery",
    "http",
    "admin",
    "cli",
    "host",
];
/// Texts of the same form that are no codes: configuration keys and an OpenTelemetry name.
const OTHERS: [&str; 11] = [
    "reload.watch",
    "reload.settle",
    "reload.libraries-max",
    "cache.provider",
    "cache.providers",
    "http.server",
    "journal.dir",
    "journal.durability",
    "journal.retain",
    "delivery.order",
    "delivery.rate",
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "codes" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// Returns the quoted texts of the form `area.situation`.
fn codes_in(text: &str) -> BTreeSet<String> {
    let quoted = text.split(['"', '`']).filter(|part| {
        let Some((area, situation)) = part.split_once('.') else { return false };
        let word = !situation.is_empty() && situation.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        AREAS.contains(&area) && word && !OTHERS.contains(part)
    });
    // Files that only mention a Rust source, such as `host.rs`, mean no code.
    quoted.filter(|part| !part.ends_with(".rs")).map(str::to_owned).collect()
}

#[test]
fn every_code_in_the_sources_is_explained_and_none_is_left_over() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 80, "the scan found only {} files", files.len());
    let mut used = BTreeSet::new();
    for file in files {
        used.extend(codes_in(&std::fs::read_to_string(&file).unwrap()));
    }
    let explained: BTreeSet<_> = GROUPS.iter().flat_map(|group| group.codes).map(|one| one.code.to_owned()).collect();
    let missing: Vec<_> = used.difference(&explained).collect();
    let unused: Vec<_> =
        // Printed where even the error can't be JSON, so it stands inside a longer text.
        explained.difference(&used).filter(|code| *code != "cli.output").collect();
    assert!(missing.is_empty(), "codes without explanation in host/src/codes: {missing:?}");
    assert!(unused.is_empty(), "explained codes that nothing uses: {unused:?}");
}

#[test]
fn codes_are_sorted_and_explained_once() {
    let mut seen = BTreeSet::new();
    for group in GROUPS {
        assert!(group.codes.windows(2).all(|pair| pair[0].code < pair[1].code), "{} is not sorted", group.title);
        for one in group.codes {
            assert!(seen.insert(one.code), "{} is explained twice", one.code);
            assert!(one.meaning.ends_with('.') && one.remedy.contains(['.', '?']), "{}", one.code);
        }
    }
}

#[test]
fn error_codes_docs_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/error-codes.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, reference()).unwrap();
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == reference(), "stale; run `UPDATE_DOCS=1 cargo test -p outrigger docs`");
}
