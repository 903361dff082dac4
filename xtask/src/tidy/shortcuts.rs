//! No lint is silenced without a reason, no test is switched off, nothing is left for later.

use super::Check;
use super::source::{Source, Token};

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    for (index, token) in source.tokens.iter().enumerate() {
        if token.is("#") {
            attribute(check, source.tokens.iter().skip(index + 1));
        }
    }
    for pair in source.tokens.windows(2) {
        if let [name, bang] = pair
            && bang.is("!")
            && (name.is("todo") || name.is("unimplemented"))
        {
            check.report(name.line, format!("`{}!` leaves work undone; state the limit instead", name.text));
        }
    }
    for line in unwraps_in_examples(source) {
        check.report(line, "an example uses `?`, so that readers copy that and not `unwrap`");
    }
}

/// Reports `allow` and `ignore` in the attribute that starts here, also behind a `cfg_attr`.
fn attribute<'a>(check: &mut Check<'_>, tokens: impl Iterator<Item = &'a Token<'a>>) {
    let mut tokens = tokens.skip_while(|token| token.is("!"));
    if !tokens.next().is_some_and(|token| token.is("[")) {
        return;
    }
    let (mut depth, mut conditional) = (1_usize, false);
    for (index, token) in tokens.enumerate() {
        match token.text {
            "[" => depth += 1,
            "]" => depth = depth.saturating_sub(1),
            "cfg_attr" if index == 0 => conditional = true,
            "allow" if index == 0 || conditional => {
                check.report(token.line, "use `#[expect(…, reason = \"…\")]`, which ends with its cause");
            }
            "ignore" if index == 0 || conditional => {
                check.report(token.line, "assert what happens today and say why it is wrong; ignored tests rot");
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Returns the lines of documentation examples that unwrap, which clippy does not see.
fn unwraps_in_examples(source: &Source<'_>) -> Vec<usize> {
    let (mut found, mut inside, mut previous) = (Vec::new(), false, 0);
    for comment in &source.comments {
        let text = comment.text.strip_prefix("///").or_else(|| comment.text.strip_prefix("//!"));
        // A gap ends an example that nobody closed.
        inside &= previous + 1 == comment.line;
        previous = comment.line;
        let Some(text) = text else { continue };
        if text.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside && (text.contains(".unwrap()") || text.contains(".expect(")) {
            found.push(comment.line);
        }
    }
    found
}
