//! What the closing table says.

use std::time::Duration;

use super::table;

#[test]
fn steps_after_a_failure_are_shown_as_not_run() {
    let second = Duration::from_secs(1);
    let text = table(&[(second, true), (second, false)]);
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    assert_eq!(lines.first(), Some(&"fmt      ok          1.0 s"));
    assert_eq!(lines.get(1), Some(&"tidy     FAILED      1.0 s"));
    assert_eq!(lines.last(), Some(&"oracles  not run"));
}
