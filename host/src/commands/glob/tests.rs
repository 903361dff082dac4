//! Patterns match what they match in Redis.

use super::*;

#[test]
fn patterns_match_as_in_redis() {
    let yes = [
        ("*", ""),
        ("*", "abc"),
        ("a*c", "abbc"),
        ("a?c", "abc"),
        ("a[bx]c", "abc"),
        ("a[^x]c", "abc"),
        ("a[a-c]c", "abc"),
        ("a[c-a]c", "abc"),
        ("\\*", "*"),
        ("a\\", "a\\"),
        ("h[ae", "ha"),
        ("*a*b*", "xxaxxbxx"),
        ("**", "a"),
        ("", ""),
        ("[\\]]", "]"),
    ];
    for (pattern, text) in yes {
        assert!(matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
    }
    let no =
        [("a", ""), ("", "a"), ("a?", "a"), ("a[^b]c", "abc"), ("a*b", "abc"), ("[a-c]", "d"), ("\\a", "b"), ("?", "")];
    for (pattern, text) in no {
        assert!(!matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
    }
    assert!(matches_lowercase(b"SAVE", b"save"));
    assert_eq!(prefix(b"user:*:x"), b"user:");
    assert_eq!(prefix(b"a\\*"), b"a");
    assert_eq!(prefix(b"plain"), b"plain");
}

#[test]
fn a_hostile_pattern_ends() {
    let pattern = b"*a".repeat(20_000);
    let text = vec![b'a'; 40_000];
    assert!(matches(&pattern, &text));
    assert!(!matches(&[&pattern[..], b"b"].concat(), &text));
}
