//! How dead letters read.

use super::*;

#[test]
fn a_page_is_a_line_for_each_letter() {
    let letter = json!({ "number": 7, "given_up_ms": 1_767_323_045_000_u64, "attempts": 3, "code": "delivery.rejected",
        "id": "i-1", "reason": "malformed" });
    let shown = listed(&json!({ "letters": [letter] }));
    let line = shown.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(line, ["7", "2026-01-02T03:04:05Z", "3", "delivery.rejected", "i-1", "malformed"]);
    assert_eq!(listed(&json!({ "letters": [] })), "no dead letters");
}

#[test]
fn which_letters_must_be_said() {
    use clap::Parser;
    let parse = |arguments: &[&str]| {
        let words = ["outrigger", "deadletter", "purge", "posthog"].iter().chain(arguments);
        crate::door::cli::Arguments::try_parse_from(words).is_ok()
    };
    assert_eq!([&[][..], &["--all"], &["3", "4"], &["3", "--all"]].map(parse), [false, true, true, false]);
}
