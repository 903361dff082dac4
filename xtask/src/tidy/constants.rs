//! A limit, default or timeout says why it is what it is.

use super::Check;

/// The words that make a constant's name that of a limit or default.
const TELLING: [&str; 6] = ["MAX", "MIN", "DEFAULT", "TIMEOUT", "LIMIT", "INTERVAL"];

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    if source.is_test() {
        return;
    }
    for three in source.tokens.windows(3) {
        if let [keyword, name, colon] = three
            && (keyword.is("const") || keyword.is("static"))
            && colon.is(":")
            && name.text.split('_').any(|word| TELLING.contains(&word))
            && source.comments_above(keyword.line).is_empty()
        {
            check.report(keyword.line, format!("`{}` needs a comment right above: why this number", name.text));
        }
    }
}
