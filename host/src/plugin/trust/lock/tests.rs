//! A lock file reads as it was written, says where it is wrong, and is brought up to date without losing other targets.

use proptest::prelude::*;

use super::*;

const LINUX: &str = "x86_64-unknown-linux-gnu";
const MAC: &str = "aarch64-apple-darwin";

fn hash(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn measured(name: &str, version: &str, target: &str, digit: char) -> Measured {
    let file = format!("lib{name}.so");
    Measured { name: name.into(), version: version.into(), target: target.into(), file, bytes: 7, sha256: hash(digit) }
}

fn text_of(files: &str) -> String {
    format!("version = 1\n[[plugin]]\nname = \"cache_x\"\nversion = \"1.0.0\"\nfiles = [{files}]\n")
}

fn file_of(target: &str, sha256: &str) -> String {
    format!("{{ target = \"{target}\", file = \"libcache_x.so\", bytes = 7, sha256 = \"{sha256}\" }}")
}

#[track_caller]
fn check_refused(text: &str, line: usize, says: &str) {
    let error = Lock::parse(text).unwrap_err();
    assert!(error.why.contains(says), "{says:?} is not in {error}");
    assert_eq!(error.line, line, "{error}");
}

#[test]
fn a_lock_is_written_in_one_form_and_reads_back() {
    let mut lock = Lock::default();
    for measured in [measured("cache_x", "1.0.0", LINUX, 'b'), measured("cache_a", "2.0.0", LINUX, 'c')] {
        assert_eq!(lock.pin(&measured), Change::Added);
    }
    assert_eq!(lock.pin(&measured("cache_x", "1.0.0", MAC, 'a')), Change::Added);
    lock.set_origin("cache_x", "https://example.com/\"releases\"");
    insta::assert_snapshot!(lock.text());
    let read = Lock::parse(&lock.text()).unwrap();
    assert_eq!(read.text(), lock.text());
    let pinned = read.find("cache_x").unwrap().for_target(LINUX).unwrap();
    assert_eq!((pinned.sha256.as_str(), pinned.bytes), (hash('b').as_str(), 7));
    let line = lock.text().lines().position(|line| line.contains(&hash('b'))).unwrap() + 1;
    assert_eq!(pinned.line, line, "messages point at it");
    assert_eq!(read.file_named("libcache_a.so").map(|pinned| &pinned.sha256), Some(&hash('c')));
}

#[test]
fn what_is_no_lock_is_refused_with_its_line() {
    check_refused("", 1, "version");
    check_refused("version = 1\n\n[[plugin]\n", 3, "");
    check_refused("version = \"1\"", 1, "expected i64");
    check_refused("\nversion = 2\nfuture = true\n", 2, "this host reads version 1 of the file, not 2");
    check_refused("version = 1\nplugins = []\n", 2, "unknown field `plugins`");
    check_refused("version = 1\n[[plugin]]\nname = \"cache_x\"\n", 2, "missing field");
    check_refused("version = 1\n[[plugin]]\nname = \"../x\"\nversion = \"1\"\nfiles = []\n", 2, "not of [a-z0-9_]");
    check_refused("version = 1\n[[plugin]]\nname = \"x\"\nversion = \"\\u001b[2J\"\nfiles = []\n", 2, "not printable");
    check_refused(&text_of(&file_of(LINUX, "ABC")), 5, "64 lower-case");
    check_refused(&text_of(&file_of(LINUX, &"g".repeat(64))), 5, "64 lower-case");
    check_refused(&text_of(&file_of("", &hash('a'))), 5, "is empty");
    check_refused(&text_of(&file_of(&"x".repeat(2_000), &hash('a'))), 5, "longer than 1024");
    check_refused(&text_of(&file_of(LINUX, &hash('a')).replace('7', "-7")), 5, "");
    check_refused("version = 1\n[[plugin]]\nname = 1", 3, "");
}

#[test]
fn a_name_or_a_target_that_is_there_twice_is_refused() {
    let file = file_of(LINUX, &hash('a'));
    let one = text_of(&file);
    let (_, entry) = one.split_once('\n').unwrap();
    check_refused(&format!("{one}{entry}"), 6, "`cache_x` is there already, on line 2");
    check_refused(&text_of(&format!("\n{file},\n{file},\n")), 7, "two files for x86_64");
}

#[test]
fn locking_keeps_other_targets_of_the_version_and_drops_those_of_another() {
    let mut lock = Lock::default();
    lock.pin(&measured("cache_x", "1.0.0", LINUX, 'a'));
    lock.pin(&measured("cache_x", "1.0.0", MAC, 'b'));
    lock.pin(&measured("cache_y", "1.0.0", LINUX, 'c'));
    lock.set_origin("cache_x", "there");
    assert_eq!(lock.pin(&measured("cache_x", "1.0.0", LINUX, 'a')), Change::Same);
    assert_eq!(lock.pin(&measured("cache_x", "1.0.0", LINUX, 'd')), Change::Changed { was: hash('a') });
    let locked = lock.find("cache_x").unwrap().clone();
    assert_eq!(locked.for_target(MAC).map(|pinned| &pinned.sha256), Some(&hash('b')), "the other target stays");
    assert_eq!(locked.origin.as_deref(), Some("there"));
    assert_eq!(lock.pin(&measured("cache_x", "1.1.0", LINUX, 'e')), Change::Version { was: "1.0.0".into() });
    let locked = lock.find("cache_x").unwrap().clone();
    assert_eq!((locked.for_target(MAC), &locked.origin), (None, &None), "both were said of the other version");
    assert!(lock.find("cache_y").is_some());
    assert!(lock.remove("cache_x") && !lock.remove("cache_x"));
    assert_eq!(lock.plugins().len(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*", cut in 0_usize..200) {
        let _ = Lock::parse(&text);
        let sound = text_of(&file_of(LINUX, &hash('a')));
        let broken: String = sound.chars().take(cut).chain(text.chars()).collect();
        let _ = Lock::parse(&broken);
    }
}
