//! Each documented answer, and what it means for the pieces sent.

use serde_json::json;

use super::*;

fn meaning(status: u16, body: &Value, target: Target) -> Result<Meaning, ProviderError> {
    read(Response::new(status, &[], body.to_string()), target, 3, &Throttle::default())
}

#[test]
fn a_strict_import_is_taken_in_whole_or_in_part() {
    let ok = json!({ "code": 200, "num_records_imported": 3, "status": "OK" });
    assert_eq!(meaning(200, &ok, Target::Import).unwrap(), Meaning::All(Verdict::Delivered));
    let fewer = json!({ "code": 200, "num_records_imported": 2, "status": "OK" });
    assert_eq!(meaning(200, &fewer, Target::Import).unwrap(), Meaning::All(Verdict::AcceptedUnverified));
    let part = json!({
        "code": 400, "num_records_imported": 2, "status": "Bad Request",
        "error": "some data points in the request failed validation",
        "failed_records": [
            { "index": 1, "$insert_id": "x", "field": "properties.time", "message": "is invalid" },
            { "index": 9, "field": "event", "message": "is none of ours" },
        ],
    });
    let verdict = Verdict::Rejected("Mixpanel says: `properties.time` is invalid".to_owned());
    assert_eq!(meaning(400, &part, Target::Import).unwrap(), Meaning::Partly([(1, verdict)].into()));
    let whole = json!({ "code": 400, "error": "request is malformed" });
    assert!(matches!(meaning(400, &whole, Target::Import).unwrap(), Meaning::Halve(why) if why.contains("malformed")));
    assert!(matches!(meaning(413, &json!({}), Target::Import).unwrap(), Meaning::Halve(_)));
}

#[test]
fn profiles_answer_200_to_what_they_refuse() {
    for taken in [json!({ "status": 1, "error": null }), json!(1)] {
        assert_eq!(meaning(200, &taken, Target::Profiles).unwrap(), Meaning::All(Verdict::Delivered));
    }
    for refused in [json!({ "status": 0, "error": "token, missing or empty" }), json!(0)] {
        assert!(matches!(meaning(200, &refused, Target::Groups).unwrap(), Meaning::Halve(_)), "{refused}");
    }
}

#[test]
fn the_wait_doubles_from_two_seconds_to_a_minute_until_something_is_taken() {
    let throttle = Throttle::default();
    let ask = |status| read(Response::new(status, &[], "{}"), Target::Import, 1, &throttle);
    let mut waits = Vec::new();
    for status in [429, 429, 503, 502, 429, 429, 429] {
        let error = ask(status).unwrap_err();
        assert_eq!(error.kind, if status == 429 { ErrorKind::Overloaded } else { ErrorKind::Unavailable });
        waits.push(error.retry_after.unwrap().as_secs());
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
    ask(200).unwrap();
    assert_eq!(ask(429).unwrap_err().retry_after.unwrap().as_secs(), 2);
    assert_eq!(ask(401).unwrap_err().kind, ErrorKind::Refused);
}
