//! What is stored of a record, and what can't be.

use serde_json::json;

use super::*;

fn row(body: serde_json::Value) -> Result<Row, String> {
    let body = serde_json::from_value(body).unwrap();
    Row::new(Record { id: Uuid::nil(), received_at_ms: 7, attempt: 1, body })
}

#[test]
fn a_user_comes_before_an_anonymous_id() {
    let both = row(json!({"type": "track", "event": "e", "user_id": "u", "anonymous_id": "a"})).unwrap();
    assert_eq!((both.uid.as_str(), both.anonymous_id.as_deref(), both.alias), ("u", Some("a"), None));
    let anonymous = row(json!({"type": "track", "event": "e", "user_id": "", "anonymous_id": "a"})).unwrap();
    assert_eq!((anonymous.uid.as_str(), anonymous.anonymous_id), ("a", None));
    assert_eq!(row(json!({"type": "track", "event": "e"})).unwrap_err(), "neither user_id nor anonymous_id is set");
}

#[test]
fn ids_that_are_one_person_are_told() {
    let identify = row(json!({"type": "identify", "user_id": "u", "anonymous_id": "a"})).unwrap();
    assert_eq!(identify.alias.as_deref(), Some("a"));
    let alias = row(json!({"type": "alias", "user_id": "u", "previous_id": "p"})).unwrap();
    assert_eq!((alias.alias.as_deref(), alias.props.as_deref()), (Some("p"), Some("{\"previous_id\":\"p\"}")));
}

#[test]
fn times_default_to_the_receipt_and_absurd_ones_are_refused() {
    let at = |ms| UNIX_EPOCH + Duration::from_millis(ms);
    assert_eq!(row(json!({"type": "page", "user_id": "u"})).unwrap().ts, at(7));
    assert_eq!(row(json!({"type": "page", "user_id": "u", "timestamp_ms": 5})).unwrap().ts, at(5));
    let absurd = row(json!({"type": "page", "user_id": "u", "timestamp_ms": u64::MAX}));
    assert_eq!(absurd.unwrap_err(), "time 18446744073709551615 is after the year 9999");
}

#[test]
fn what_fits_into_no_index_is_refused_with_field_and_length() {
    let long = "x".repeat(1_025);
    let error = row(json!({"type": "page", "user_id": long})).unwrap_err();
    assert_eq!(error, "user_id takes 1025 bytes, at most 1024 fit into an index");
    let error = row(json!({"type": "page", "user_id": "u", "properties": {"x": "x".repeat(17 << 20)}})).unwrap_err();
    assert!(error.ends_with("more than 16777216"), "{error}");
}

#[test]
fn nul_becomes_the_replacement_character() {
    let body = json!({"type": "track", "event": "a\0b", "user_id": "\0",
        "properties": {"k\0": "v\0", "path": "C:\\u0000", "both": "\\\0\""}});
    let row = row(body).unwrap();
    assert_eq!((row.name.as_str(), row.uid.as_str()), ("a\u{fffd}b", "\u{fffd}"));
    let props: serde_json::Value = serde_json::from_str(row.props.as_deref().unwrap()).unwrap();
    assert_eq!(props, json!({"k\u{fffd}": "v\u{fffd}", "path": "C:\\u0000", "both": "\\\u{fffd}\""}));
}
