//! What the door reads and answers by itself; tests/tests/main/http drives it whole.

use std::time::Duration;

use axum::response::IntoResponse;
use http::StatusCode;

use super::{Problem, input};

fn key(path: &str) -> Option<Vec<u8>> {
    input::key(&path.parse().unwrap(), "/k/").ok().map(|key| key.to_vec())
}

#[test]
fn keys_are_percent_decoded_bytes() {
    for (path, expected) in [
        ("/k/a", &b"a"[..]),
        ("/k/a/b", b"a/b"),
        ("/k/a%2fb", b"a/b"),
        ("/k/%00%ff", &[0, 255]),
        ("/k/%2525", b"%25"),
        ("/k/a+b", b"a+b"),
        ("/k/a?ttl=1s", b"a"),
    ] {
        assert_eq!(key(path).as_deref(), Some(expected), "{path}");
    }
    for path in ["/k/%", "/k/%4", "/k/%g0", "/k/a%"] {
        assert_eq!(key(path), None, "{path}");
    }
}

#[test]
fn the_wait_is_in_whole_seconds_rounded_up() {
    for (wait_ms, header) in [(1, "1"), (1_000, "1"), (1_001, "2")] {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "journal.full", "");
        let response = problem.retry_after(Some(Duration::from_millis(wait_ms))).into_response();
        assert_eq!(response.headers()["retry-after"], header);
    }
    let response = Problem::invalid("no").into_response();
    assert!(!response.headers().contains_key("retry-after"));
}
