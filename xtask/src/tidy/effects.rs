//! In the host, one module each reads files, the environment and the clock, so tests can stand in for them.

use super::Check;

/// Modules that may touch files and the environment.
const READERS: [(&str, &str); 13] = [
    ("host/src/config", "reads configuration, environment and secret files for everyone"),
    ("host/src/plugin/discover", "lists the plugin folders"),
    ("host/src/plugin/inspect", "reads a library's manifest without running it"),
    ("host/src/plugin/stage", "copies a library to the private store"),
    ("host/src/door/cli/plugin/new", "writes the crate of a new plugin"),
    ("host/src/door/cli/plugin/test", "runs this program again, over a file of settings and a private store"),
    ("host/src/crash", "its own files beside the journal, and what the kernel says is mapped"),
    ("host/src/plugin/measure", "lists folders of another target's libraries for the lock"),
    ("host/src/plugin/trust", "reads the signature beside a library, and when a library was written"),
    ("host/src/replace", "puts a whole file in another's place, for those whose file it is"),
    ("host/src/platform", "what each system does otherwise with files and signals, for those whose they are"),
    ("host/src/observe/process", "reads what the kernel says of this process"),
    ("host/src/journal/disk", "the journal's folder: its records are files of its own, and it reads no other"),
];

const CLOCKS: [(&str, &str); 1] = [("host/src/clock", "the one place where time is read")];

/// Paths that read files or the environment, wherever they stand in a longer one.
const READS: [&[&str]; 5] =
    [&["std", "env"], &["std", "fs"], &["tokio", "fs"], &["File", "open"], &["OpenOptions", "new"]];

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    if !source.path.starts_with("host/src/") || source.is_test() {
        return;
    }
    for path in source.named_paths() {
        let named = path.parts.join("::");
        let reads = READS.iter().any(|read| path.contains(read)) || path.goes_below("env") || path.goes_below("fs");
        if reads && !source.is_in(&READERS) {
            check.report(path.line, format!("`{named}`: only `config` reads files and the environment"));
        }
        let tells_time = ["Instant", "SystemTime", "Utc", "Local"].iter().any(|clock| path.contains(&[clock, "now"]));
        if tells_time && !source.is_in(&CLOCKS) {
            check.report(path.line, format!("`{named}`: only `clock` reads the clock"));
        }
    }
}
