//! Only the two sides of the plugin boundary name the crates it is made of, so it can be read in one place.

use super::Check;

/// The crates whose types must not spread.
const CRATES: [&str; 2] = ["abi_stable", "libloading"];

/// Modules that may name them: `a/b` is `a/b.rs` and everything in `a/b/`.
pub(super) const SEAM: [(&str, &str); 5] = [
    ("plugin-api/src/abi", "the frozen layer itself"),
    ("plugin-api/src/export", "turns an author's trait into the frozen layer"),
    ("host/src/plugin/open", "opens libraries"),
    ("host/src/plugin/verify", "compares the layout of both sides before anything is called"),
    ("tests/fixtures", "plugins that break the boundary on purpose"),
];

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    if source.is_in(&SEAM) {
        return;
    }
    for token in &source.tokens {
        if CRATES.iter().any(|name| token.is(name)) {
            check.report(token.line, format!("`{}` may be named only at the plugin boundary", token.text));
        }
    }
}
