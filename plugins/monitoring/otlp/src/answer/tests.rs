//! Checks what each documented answer becomes.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ErrorKind, http::Response, sink::Verdict};
use prost::Message;

use super::{PROTOBUF, verdict};
use crate::wire::{Partial, Refusal, Taken};

fn of(response: &Response) -> Verdict {
    verdict(response, 2, str::to_owned).unwrap()
}

fn partial(rejected: i64, message: &str) -> Response {
    let partial = Partial { rejected, error_message: message.to_owned() };
    let body = Taken { partial_success: Some(partial) }.encode_to_vec();
    Response::new(200, &[("content-type", PROTOBUF)], body)
}

#[test]
fn success_is_full_partial_or_none() {
    let dropped = |why: &str| Verdict::DroppedByVendor(format!("answered 200: all records were rejected: {why}"));
    let cases = [
        (Response::new(200, &[], ""), Verdict::Delivered),
        (Response::new(202, &[("content-type", "text/plain")], ""), Verdict::Delivered),
        (partial(0, ""), Verdict::Delivered),
        (partial(0, "old field"), Verdict::Delivered),
        (partial(-1, ""), Verdict::Delivered),
        (partial(1, "too old"), Verdict::AcceptedUnverified),
        (partial(2, "too old"), dropped("too old")),
        (partial(i64::MAX, ""), dropped("no reason given")),
    ];
    for (response, expected) in cases {
        assert_eq!(of(&response), expected, "{response:?}");
    }
}

#[test]
fn json_counts_where_it_says_so_and_nothing_else_does() {
    let json =
        |body: &str| of(&Response::new(200, &[("content-type", "application/json; charset=utf-8")], body.to_owned()));
    for full in ["{}", r#"{"partialSuccess":null}"#, r#"{"partialSuccess":{}}"#] {
        assert_eq!(json(full), Verdict::Delivered, "{full}");
    }
    let some = Verdict::AcceptedUnverified;
    assert_eq!(json(r#"{"partialSuccess":{"rejectedSpans":"1"}}"#), some);
    let all = json(r#"{"partialSuccess":{"rejectedLogRecords":2,"errorMessage":"no"}}"#);
    assert_eq!(all, Verdict::DroppedByVendor("answered 200: all records were rejected: no".into()));
    assert_eq!([json("[]"), json("nonsense")], [some.clone(), some.clone()]);
    let page = Response::new(200, &[("content-type", "text/html")], "<p>log in");
    let torn = Response::new(200, &[("content-type", PROTOBUF)], vec![0x0a, 0xff]);
    assert_eq!([of(&page), of(&torn)], [some.clone(), some]);
}

#[test]
fn only_four_statuses_are_sent_again_as_they_are() {
    for (status, kind) in [
        (429, ErrorKind::Overloaded),
        (502, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
        (504, ErrorKind::Unavailable),
        (401, ErrorKind::Refused),
        (403, ErrorKind::Refused),
        (302, ErrorKind::Refused),
        (413, ErrorKind::Invalid),
    ] {
        let error = verdict(&Response::new(status, &[("retry-after", "7")], "why"), 2, str::to_owned).unwrap_err();
        assert_eq!((error.kind, error.message), (kind, format!("answered {status}: why")));
        assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    }
    for status in [400, 404, 405, 408, 415, 422, 500, 501, 505] {
        let found = of(&Response::new(status, &[], "why"));
        assert_eq!(found, Verdict::Rejected(format!("answered {status}: why")));
    }
    let alone = verdict(&Response::new(413, &[], ""), 1, str::to_owned).unwrap();
    assert_eq!(alone, Verdict::Rejected("answered 413".into()), "one record has no halves");
}

#[test]
fn a_refusal_is_read_as_status_and_secrets_are_taken_out_of_its_text() {
    let body = Refusal { message: "no such key: k3y".into() }.encode_to_vec();
    let response = Response::new(400, &[("content-type", PROTOBUF)], body);
    let found = verdict(&response, 1, |text| text.replace("k3y", "…")).unwrap();
    assert_eq!(found, Verdict::Rejected("answered 400: no such key: …".into()));
}
