//! What is written out, what stays, what is cut.

use super::*;

#[test]
fn active_characters_are_written_out() {
    for (given, expected) in [
        ("plain ünïcode 日本 🦀", "plain ünïcode 日本 🦀"),
        ("a\nb\r\n\tc", "a\\nb\\r\\n\\tc"),
        ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("nul\0 bell\u{7} del\u{7f}", "nul\\u{0} bell\\u{7} del\\u{7f}"),
        ("user\u{202e}nimda", "user\\u{202e}nimda"),
        ("line\u{2028}separator", "line\\u{2028}separator"),
        ("C:\\path", "C:\\path"),
    ] {
        assert_eq!(text(given), expected, "{given:?}");
    }
}

#[test]
fn long_text_is_cut_between_characters_with_a_note() {
    let given = "ä".repeat(TEXT_BYTES_MAX);
    let shown = text(&given);
    assert!(shown.ends_with(&format!("ä… ({TEXT_BYTES_MAX} more bytes)")), "{}", shown.len());
    assert_eq!(text(&"x".repeat(TEXT_BYTES_MAX)).len(), TEXT_BYTES_MAX);
}

#[test]
fn words_are_quoted_only_where_needed() {
    for (given, expected) in
        [("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("q\"q", "\"q\\\"q\"")]
    {
        assert_eq!(word(given), expected, "{given:?}");
    }
}
