//! Unsafe code stays at the plugin boundary, and each piece of it carries its proof.

use super::Check;
use super::seam::SEAM;
use super::source::{Kind, Source, Token};

/// Modules beside the boundary that may be unsafe, each with the reason nothing safe would do.
const ALSO_UNSAFE: [(&str, &str); 2] = [
    (
        "plugins/cache/memory/src/value",
        "one allocation for key and value, handed across the seam without a copy: a hit's cost is the product's",
    ),
    (
        "host/src/crash/trap",
        "handlers of fatal signals and a mapping that outlives the process: no safe crate has them",
    ),
];

/// How many lines a statement may begin above its `unsafe`. More would hide the proof from the reader.
const STATEMENT_LINES_MAX: usize = 4;

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    let may_be_unsafe = source.is_in(&SEAM) || source.is_in(&ALSO_UNSAFE);
    for (index, token) in source.tokens.iter().enumerate() {
        if !token.is("unsafe") {
            continue;
        }
        if !may_be_unsafe {
            check.report(token.line, "unsafe code belongs at the plugin boundary; exceptions are listed in tidy");
        } else if needs_proof(source.tokens.iter().skip(index + 1)) && !has_proof(source, token.line) {
            check.report(token.line, "a `// SAFETY:` comment (or `# Safety` section) must stand right above");
        }
    }
}

/// Whether the `unsafe` before these tokens does or declares something.
///
/// The type of a function pointer does neither, and an attribute such as `#[unsafe(export_name = …)]` has no body to prove.
fn needs_proof<'a>(after: impl Iterator<Item = &'a Token<'a>>) -> bool {
    let mut rest = after.skip_while(|token| token.is("extern") || token.kind == Kind::Str);
    match rest.next() {
        Some(token) if token.is("(") => false,
        Some(token) if token.is("fn") => !rest.next().is_some_and(|token| token.is("(")),
        _ => true,
    }
}

/// Looks right above the `unsafe`, then above the line its statement begins on.
fn has_proof(source: &Source<'_>, line: usize) -> bool {
    for above in 0..=STATEMENT_LINES_MAX {
        let Some(start) = line.checked_sub(above) else { return false };
        if source.comments_above(start).iter().any(|text| text.contains("SAFETY:") || text.contains("# Safety")) {
            return true;
        }
        let previous = source.line(start.saturating_sub(1));
        if previous.is_empty() || previous.starts_with("//") || previous.ends_with([';', '{', '}']) {
            return false;
        }
    }
    false
}
