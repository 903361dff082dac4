//! A file's name says what is in it, and unit tests have a file of their own.

use super::Check;

/// Names that would fit any file, so they say nothing about this one.
const EMPTY_NAMES: [&str; 9] = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "imp"];

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    for part in source.path.split('/') {
        let name = part.strip_suffix(".rs").unwrap_or(part);
        if EMPTY_NAMES.contains(&name) {
            check.report(1, format!("`{name}` says nothing; name the file for the thing or the step it holds"));
        }
    }
    if source.path.ends_with("/mod.rs") {
        check.report(1, "a module is `x.rs` beside `x/`, never `mod.rs`");
    }
    for three in source.tokens.windows(3) {
        if let [keyword, name, brace] = three
            && keyword.is("mod")
            && name.is("tests")
            && brace.is("{")
        {
            check.report(keyword.line, "unit tests live in `x/tests.rs`, declared `#[cfg(test)] mod tests;`");
        }
    }
}
