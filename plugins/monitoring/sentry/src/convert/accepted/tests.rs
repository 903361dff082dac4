//! The rules of releases, environments and methods.

use super::{environment, method, release};

#[test]
fn names_that_sentry_discards_are_known() {
    for name in ["shop@1.4.2+7", "a b", "ä", "none", &"x".repeat(200)] {
        assert!(release(name), "{name:?}");
    }
    for name in ["", " ", ".", " .. ", "latest", "LATEST", "a/b", "a\\b", "a\tb", "a\u{7f}", &"ä".repeat(101)] {
        assert!(!release(name), "{name:?}");
    }
    for name in ["production", "two words", "latest", &"x".repeat(64)] {
        assert!(environment(name), "{name:?}");
    }
    for name in ["", "..", "none", "None", "a/b", "a\nb", &"x".repeat(65)] {
        assert!(!environment(name), "{name:?}");
    }
    for name in ["GET", "get", "M-SEARCH", "A_B", &"X".repeat(32)] {
        assert!(method(name), "{name:?}");
    }
    for name in ["", "AB", "GET1", " GET", "Ä", &"X".repeat(33)] {
        assert!(!method(name), "{name:?}");
    }
}
