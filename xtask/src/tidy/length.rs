//! A file holds one idea in at most 200 lines of code, a function at most 60; a file's first line says what it is for.

use super::Check;
use super::source::{Source, Token};

/// What a reader takes in at once; a file that needs more holds a second idea.
const FILE_LINES_MAX: usize = 200;

/// Tests are lists and read one by one, so a file of them may be longer.
const TEST_FILE_LINES_MAX: usize = 400;

/// The same number as in `clippy.toml`, here also for code that clippy does not compile on this system.
const FUNCTION_LINES_MAX: usize = 60;

pub(super) fn check(check: &mut Check<'_>) {
    let source = check.source;
    if !source.line(1).starts_with("//!") {
        check.report(1, "the first line must be `//!` and say what the file is for");
    }
    let max = if source.is_test() { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
    let lines = source.code_lines(1, source.lines.len());
    if lines > max {
        check.report(1, format!("{lines} lines of code, at most {max}; split the file where an idea ends"));
    }
    for (index, pair) in source.tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        // `fn` before anything but a name is a function pointer's type.
        if keyword.is("fn") && name.text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            let lines = body_lines(source, source.tokens.iter().skip(index));
            if lines > FUNCTION_LINES_MAX {
                let message = format!("`{}` has {lines} lines of code, at most {FUNCTION_LINES_MAX}", name.text);
                check.report(keyword.line, message);
            }
        }
    }
}

/// Counts the code lines between the braces of the function that starts here; a mere declaration has none.
fn body_lines<'a>(source: &Source<'_>, tokens: impl Iterator<Item = &'a Token<'a>>) -> usize {
    // Brackets are counted apart: `;` inside `[u8; 4]` does not end a declaration.
    let (mut braces, mut brackets, mut opened) = (0_usize, 0_usize, 0_usize);
    for token in tokens {
        match token.text {
            _ if token.kind != super::source::Kind::Punct => {}
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            ";" if braces == 0 && brackets == 0 => return 0,
            "{" => {
                if braces == 0 {
                    opened = token.line;
                }
                braces += 1;
            }
            "}" if braces == 1 => return source.code_lines(opened + 1, token.line.saturating_sub(1)),
            "}" => braces = braces.saturating_sub(1),
            _ => {}
        }
    }
    0
}
