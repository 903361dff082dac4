//! Which mistakes are recognised, and which are left alone.

use super::{distance, nearest};

#[test]
fn edits_are_counted() {
    for (from, to, expected) in
        [("", "", 0), ("", "ab", 2), ("ab", "", 2), ("tidy", "tidy", 0), ("tydi", "tidy", 2), ("kitten", "sitting", 3)]
    {
        assert_eq!(distance(from, to), expected, "{from} to {to}");
    }
}

#[test]
fn a_slip_finds_its_name_and_another_word_does_not() {
    let names = ["run", "dist", "test", "tidy"];
    assert_eq!(nearest("tets", names), Some("test"));
    assert_eq!(nearest("dits", names), Some("dist"));
    assert_eq!(nearest("deployment", names), None);
}
