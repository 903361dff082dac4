//! That text is split as the compiler would split it.

use super::Source;

fn words(text: &str) -> Vec<&str> {
    Source::new("a.rs", text).tokens.iter().map(|token| token.text).collect()
}

fn paths(text: &str) -> Vec<String> {
    Source::new("a.rs", text).named_paths().iter().map(|path| path.parts.join("::")).collect()
}

#[test]
fn strings_comments_and_quotes_are_single_pieces() {
    for (text, expected) in [
        ("a /* x /* y */ z */ b", vec!["a", "b"]),
        ("a /*/ x */ b", vec!["a", "b"]),
        (r#"f("a\"b") c"#, vec!["f", "(", r#""a\"b""#, ")", "c"]),
        (r###"r#"x"y"# b"z" br"\" c"###, vec![r##"r#"x"y"#"##, r#"b"z""#, r#"br"\""#, "c"]),
        (r"'a' '\'' b'x' &'static 'a: '_", vec!["'a'", r"'\''", "b'x'", "&", "'static", "'a", ":", "'_"]),
        ("r#type bar crab", vec!["r", "#", "type", "bar", "crab"]),
        ("\"never closed", vec!["\"never closed"]),
        ("a::b // c\nd", vec!["a", "::", "b", "d"]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn lines_are_counted_through_strings_and_comments() {
    let source = Source::new("a.rs", "/*\n*/ \"\n\" a\nb");
    let lines: Vec<usize> = source.tokens.iter().map(|token| token.line).collect();
    assert_eq!(lines, [2, 3, 4]);
}

#[test]
fn groups_are_expanded() {
    assert_eq!(
        paths("use std::{env, fs::{self, File}, io};"),
        ["use", "std::env", "std::fs::self", "std::fs::File", "std::io"]
    );
    assert_eq!(paths("fn f() { a::b(c) }"), ["fn", "f", "a::b", "c"]);
}
