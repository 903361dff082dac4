//! Each rule with a text that breaks it and one that does not.

use super::{Finding, check_files, check_rust, files, manifest};
use crate::workspace::Plugin;

fn plugins() -> Vec<Plugin> {
    [("cache", "redis"), ("cache", "memory"), ("monitoring", "sentry")]
        .map(|(kind, provider)| Plugin { kind: kind.to_owned(), provider: provider.to_owned() })
        .to_vec()
}

/// Returns the findings of a file as `line: rule`; its first line is the `//!` every file needs.
fn found(path: &str, code: &str) -> Vec<String> {
    let findings = check_rust(path, &format!("//! Sample.\n{code}"), &plugins());
    findings.iter().map(|finding| format!("{}: {}", finding.line, finding.rule)).collect()
}

#[track_caller]
fn clean(path: &str, code: &str) {
    assert_eq!(found(path, code), Vec::<String>::new(), "{path}: {code}");
}

#[track_caller]
fn broken(path: &str, code: &str, expected: &str) {
    assert_eq!(found(path, code), [expected], "{path}: {code}");
}

#[test]
fn a_finding_reads_like_a_compiler_message() {
    let finding = Finding { path: "a/b.rs".to_owned(), line: 3, rule: "length", message: "too long".to_owned() };
    assert_eq!(finding.to_string(), "a/b.rs:3: length: too long");
}

#[test]
fn files_are_bounded_and_say_what_they_are_for() {
    let code = |lines| "struct A;\n// free\n\n".repeat(lines);
    clean("host/src/a.rs", &code(200));
    broken("host/src/a.rs", &code(201), "1: length");
    clean("host/src/a/tests.rs", &code(400));
    broken("tests/src/a.rs", &code(401), "1: length");
    let findings = check_rust("host/src/a.rs", "struct A;", &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn functions_are_bounded_whatever_their_strings_say() {
    let function =
        |lines| format!("fn f(a: [u8; 4]) {{\n{}}}\n", "    g(\"}\", '}', '\\'', r#\"\"}\"#); // }\n".repeat(lines));
    clean("host/src/a.rs", &function(60));
    broken("host/src/a.rs", &function(61), "2: length");
    clean("host/src/a.rs", &format!("trait T {{ fn f(a: [u8; 4]); }}\nmod m {{\n{}}}\n", "struct A;\n".repeat(61)));
    clean("host/src/a.rs", &format!("type F = fn(u8);\nmod m {{\n{}}}\n", "struct A;\n".repeat(61)));
}

#[test]
fn names_say_something_and_tests_have_their_file() {
    broken("host/src/call/utils.rs", "", "1: names");
    broken("host/src/common/limit.rs", "", "1: names");
    broken("host/src/call/mod.rs", "", "1: names");
    broken("host/src/call.rs", "#[cfg(test)]\nmod tests {}", "3: names");
    clean("host/src/call.rs", "#[cfg(test)]\nmod tests;");
}

#[test]
fn the_seams_crates_are_named_at_the_seam_only() {
    broken("host/src/plugin/start.rs", "use abi_stable::StableAbi;", "2: seam");
    broken("host/src/plugin/openly.rs", "use libloading::Library;", "2: seam");
    clean("host/src/plugin/open.rs", "use libloading::Library;");
    clean("plugin-api/src/abi/life.rs", "use abi_stable::StableAbi;");
    clean("host/src/plugin/start.rs", "// abi_stable\nconst A: &str = \"libloading\";");
}

#[test]
fn unsafe_code_is_at_the_seam_and_proven() {
    broken("host/src/call.rs", "// SAFETY: none.\nunsafe impl Send for A {}", "3: unsafe");
    broken("host/src/plugin/open.rs", "fn f() {\n    unsafe { g() }\n}", "3: unsafe");
    broken("host/src/plugin/open.rs", "// SAFETY: of another.\nlet a = 1;\nunsafe fn f() {}", "4: unsafe");
    clean("host/src/plugin/open.rs", "// SAFETY: proven.\nlet a =\n    unsafe { g() };");
    clean("host/src/plugin/open.rs", "/// # Safety\n/// Never.\n#[inline]\nunsafe fn f() {}");
    clean("host/src/plugin/open.rs", "type F = unsafe extern \"C\" fn(u8);");
    clean("host/src/plugin/open.rs", "#[unsafe(no_mangle)]\nstatic A: u8 = 1;");
    clean("host/src/call.rs", "#![forbid(unsafe_code)]\n// unsafe\nconst A: &str = \"unsafe\";");
}

#[test]
fn only_config_reads_and_only_clock_tells_time() {
    broken("host/src/call.rs", "fn f() { std::env::var(\"A\"); }", "2: effects");
    broken("host/src/call.rs", "use std::{\n    fs,\n    io::Read,\n};", "3: effects");
    broken("host/src/call.rs", "fn f() { File::open(a); }", "2: effects");
    broken("host/src/journal/reader.rs", "fn f() { File::open(a); }", "2: effects");
    clean("host/src/journal/disk/os.rs", "fn f() { File::open(a); }");
    broken("host/src/call.rs", "fn f() { std::time::Instant::now(); }", "2: effects");
    broken("host/src/config.rs", "fn f() { SystemTime::now(); }", "2: effects");
    clean("host/src/config/env.rs", "use std::env;\nfn f() { env::var(\"A\"); }");
    clean("host/src/clock.rs", "fn f() { Instant::now(); }");
    clean("host/src/call.rs", "const VERSION: &str = env!(\"CARGO_PKG_VERSION\");\nuse std::time::Instant;");
    clean("host/src/call/tests.rs", "use std::fs;");
    clean("xtask/src/run.rs", "use std::fs;");
}

#[test]
fn doors_name_no_provider() {
    broken("host/src/door/http/route.rs", "const A: &str = \"use sentry here\";", "2: doors");
    broken("host/src/door/http.rs", "struct RedisReply;", "2: doors");
    broken("host/src/door/cli.rs", "const A: &str = \"cache_memory\";", "2: doors");
    clean("host/src/door/redis/reply.rs", "struct RedisReply;");
    clean("host/src/door/upstash.rs", "struct RedisReply;");
    clean("host/src/door/http.rs", "// redis\nconst A: &str = \"out of memory\";\nstruct Predisposed;");
    clean("host/src/call.rs", "struct RedisReply;");
}

#[test]
fn doors_name_no_other_door() {
    broken("host/src/door/segment.rs", "use crate::door::posthog::parse;", "2: doors");
    broken("host/src/door/segment.rs", "use super::{body, otlp};", "2: doors");
    broken("host/src/door/segment/reply.rs", "use super::super::ga4;", "2: doors");
    clean("host/src/door/segment/reply.rs", "use super::http;\nuse crate::door::segment::parse;");
    clean("host/src/door.rs", "mod http;\nuse crate::door::otlp;");
}

#[test]
fn nothing_is_silenced_ignored_or_left_for_later() {
    broken("host/src/a.rs", "#[allow(dead_code)]\nstruct A;", "2: shortcuts");
    broken("host/src/a.rs", "#![allow(dead_code)]", "2: shortcuts");
    broken("host/src/a.rs", "#[cfg_attr(test, allow(dead_code))]\nstruct A;", "2: shortcuts");
    broken("host/src/a/tests.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", "3: shortcuts");
    broken("host/src/a.rs", "fn f() { todo!() }", "2: shortcuts");
    broken("host/src/a.rs", "fn f() { unimplemented!() }", "2: shortcuts");
    broken("host/src/a.rs", "/// ```\n/// f().unwrap();\n/// ```\nfn f() {}", "3: shortcuts");
    clean(
        "host/src/a.rs",
        "#[expect(dead_code, reason = \"allow\")]\nstruct A;\n/// Never `.unwrap()`.\nfn allow() {}",
    );
}

#[test]
fn limits_say_why() {
    broken("host/src/a.rs", "const BYTES_MAX: u8 = 1;", "2: constants");
    broken("host/src/a.rs", "/// Why.\nconst A_MAX: u8 = 1;\npub(crate) const CALL_TIMEOUT: u8 = 1;", "4: constants");
    clean("host/src/a.rs", "/// Why.\n#[expect(a, reason = \"b\")]\nconst BYTES_MAX: u8 = 1;\nconst MAXIMAL: u8 = 1;");
}

#[test]
fn crates_share_lints_and_plugins_are_named_for_their_folder() {
    let text = "[package]\nname = \"cache_redis\"\n[lib]\ncrate-type = [\"cdylib\"]\n[lints]\nworkspace = true\n";
    assert_eq!(manifest::check("plugins/cache/redis/Cargo.toml", text), []);
    assert_eq!(manifest::check("plugins/cache/memory/Cargo.toml", text).len(), 1, "another name");
    assert_eq!(manifest::check("host/Cargo.toml", "[package]\nname = \"outrigger\"\n").len(), 1, "no lints");
    assert_eq!(manifest::check("Cargo.toml", "[workspace]\nmembers = []\n"), []);
}

#[test]
fn the_tree_of_this_program_is_found_and_sorted() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files::read(root).unwrap();
    assert!(files.is_sorted_by_key(|file| &file.path));
    let (rust, findings) = check_files(&files, &plugins());
    assert!(rust > super::FILES_MIN, "{rust}");
    assert_eq!(findings, []);
}
