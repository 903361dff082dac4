//! Checks requests, answers and what statuses mean.

use std::time::Duration;

use super::{Method, Request, Response, excerpt};
use crate::sdk::{ErrorKind, Host};

#[test]
fn a_request_keeps_its_parts() {
    let request = Request::post("https://vendor.example/in")
        .header("X-Key", 7)
        .json(&serde_json::json!({ "a": 1 }))
        .unwrap()
        .timeout(Some(Duration::from_millis(5)))
        .compressed();
    assert_eq!((request.method(), request.url()), (Method::Post, "https://vendor.example/in"));
    assert_eq!(request.header_value("x-key"), Some("7"));
    assert_eq!(request.header_value("content-type"), Some("application/json"));
    assert_eq!(&request.body_bytes()[..], br#"{"a":1}"#);
    assert_eq!(format!("{request:?}"), "Request(POST, 7 bytes)", "nothing that may be secret is shown");
    let (parts, _) = request.into_parts();
    let view = parts.view(9);
    assert_eq!((view.instance, view.timeout_us, view.flags), (9, 5_000, 1));
}

#[test]
fn a_line_break_makes_no_second_header() {
    let request = Request::get("https://vendor.example").header("a", "1\nb: 2").header("c\nd", "3");
    assert_eq!(request.header_value("b"), None);
    assert_eq!(request.header_value("d"), None);
}

#[test]
fn a_status_means_what_most_vendors_mean() {
    let cases = [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Refused),
        (404, ErrorKind::Refused),
        (408, ErrorKind::Unavailable),
        (413, ErrorKind::Invalid),
        (429, ErrorKind::Overloaded),
        (500, ErrorKind::Unavailable),
        (502, ErrorKind::Timeout),
        (503, ErrorKind::Unavailable),
        (504, ErrorKind::Timeout),
        (307, ErrorKind::Refused),
    ];
    for (status, kind) in cases {
        let error = Response::new(status, &[("Retry-After", "1.5")], "no\r\nway").success().unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, Some(Duration::from_millis(1500))), "{status}");
        assert_eq!(error.message, format!("answered {status}: no  way"));
    }
    assert!(Response::new(204, &[], "").success().is_ok());
}

#[test]
fn what_is_no_number_of_seconds_is_no_wait() {
    for text in ["", "soon", "-1", "NaN", "Wed, 21 Oct 2026 07:28:00 GMT", "1e300"] {
        assert_eq!(Response::new(429, &[("retry-after", text)], "").retry_after(), None, "{text}");
    }
}

#[test]
fn an_excerpt_is_bounded_and_says_that_it_is_cut() {
    assert_eq!(excerpt("ä".repeat(300).as_bytes()), "ä".repeat(300));
    assert_eq!(excerpt("ä".repeat(301).as_bytes()), format!("{}…", "ä".repeat(300)));
    assert_eq!(excerpt(b" a\x1b[31m\xff "), "a [31m\u{fffd}");
}

#[test]
fn a_key_that_the_vendor_repeats_is_not_shown() {
    let answer = |secret: &str| Response::new(401, &[], "no such key: k3y, k3y").without(secret).excerpt();
    assert_eq!(answer("k3y"), "no such key: …, …");
    assert_eq!(answer(""), "no such key: k3y, k3y");
    assert_eq!(Response::new(200, &[], vec![0xff]).without("k").body, vec![0xff], "what holds no key stays as it is");
}

#[test]
fn without_a_host_there_is_no_http() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let send = |host: Host| runtime.block_on(host.http().send(Request::get("https://vendor.example")));
    assert_eq!(send(Host::detached("x")).unwrap_err().kind, ErrorKind::Unsupported);
    let answer = send(Host::answering("x", |request| Ok(Response::new(200, &[], request.url().to_owned())))).unwrap();
    assert_eq!(&answer.body[..], b"https://vendor.example");
}
