//! What is stored of a record, and what can't be.

use serde_json::json;

use super::*;

fn row(body: Value) -> Result<Row, String> {
    let body = serde_json::from_value(body).unwrap();
    Row::new(Record { id: Uuid::nil(), received_at_ms: 7, attempt: 1, body })
}

#[test]
fn a_user_comes_before_an_anonymous_id() {
    let both = row(json!({"type": "track", "event": "e", "user_id": "u", "anonymous_id": "a"})).unwrap();
    assert_eq!((both.uid.as_str(), both.anonymous_id.as_deref()), ("u", Some("a")));
    let anonymous = row(json!({"type": "track", "event": "e", "user_id": "", "anonymous_id": "a"})).unwrap();
    assert_eq!((anonymous.uid.as_str(), anonymous.anonymous_id), ("a", None));
    assert_eq!(row(json!({"type": "track", "event": "e"})).unwrap_err(), "neither user_id nor anonymous_id is set");
}

#[test]
fn times_default_to_the_receipt_and_absurd_ones_are_refused() {
    assert_eq!(row(json!({"type": "page", "user_id": "u"})).unwrap().ts, 7);
    assert_eq!(row(json!({"type": "page", "user_id": "u", "timestamp_ms": 5})).unwrap().ts, 5);
    let absurd = row(json!({"type": "page", "user_id": "u", "timestamp_ms": u64::MAX}));
    assert_eq!(absurd.unwrap_err(), "time 18446744073709551615 is out of range");
}

#[test]
fn a_row_too_large_is_refused_with_its_size() {
    let error = row(json!({"type": "track", "event": "e", "user_id": "u", "properties": {"x": "x".repeat(9 << 20)}}));
    assert!(error.unwrap_err().ends_with("more than 16777216"));
}

#[test]
fn groups_and_aliases_carry_their_effect() {
    let group = row(json!({"type": "group", "group_id": "g", "traits": {"n": 1}, "user_id": "u"})).unwrap();
    assert_eq!(group.group.as_deref(), Some("g"));
    assert_eq!(group.effect, Effect::Group(json!({"n": 1}).as_object().unwrap().clone()));
    let alias = row(json!({"type": "alias", "previous_id": "p", "user_id": "u"})).unwrap();
    assert_eq!(
        (alias.effect, alias.props.as_deref()),
        (Effect::Alias("p".to_owned()), Some("{\"previous_id\":\"p\"}"))
    );
    let track = row(json!({"type": "track", "event": "e", "user_id": "u", "context": {"groupId": "g2"}})).unwrap();
    assert_eq!(track.group.as_deref(), Some("g2"));
}
