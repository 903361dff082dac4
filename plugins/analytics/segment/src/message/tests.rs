//! Checks what goes out for a record, and what is refused before.

use outrigger_plugin_api::sdk::sink::Record;
use serde_json::{Value, json};
use uuid::Uuid;

use super::message;

const ID: Uuid = Uuid::from_u128(0x0195_a000_0000_7000_8000_0000_0000_0001);

fn outgoing(body: Value) -> Result<Value, String> {
    let body = serde_json::from_value(body).unwrap();
    let record = Record { id: ID, received_at_ms: 1_795_392_000_000, attempt: 1, body };
    message(&record).map(|json| serde_json::from_slice(&json).unwrap())
}

#[test]
fn every_call_goes_out_under_segment_s_names() {
    let frame = |more: Value| {
        let (id, timestamp) = (ID.to_string(), "2026-11-23T00:00:00.000Z");
        let mut message = json!({ "messageId": id, "timestamp": timestamp, "userId": "u1", "context": {} });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    let same = |body: Value| (body.clone(), body);
    let cases = [
        same(json!({ "type": "track", "event": "Paid", "properties": { "sum": 7 } })),
        same(json!({ "type": "identify", "traits": { "plan": "pro" } })),
        (json!({ "type": "page", "name": "Home" }), json!({ "type": "page", "name": "Home", "properties": {} })),
        (json!({ "type": "screen" }), json!({ "type": "screen", "properties": {} })),
        (
            json!({ "type": "group", "group_id": "g1", "traits": { "seats": 7 } }),
            json!({ "type": "group", "groupId": "g1", "traits": { "seats": 7 } }),
        ),
        (json!({ "type": "alias", "previous_id": "a1" }), json!({ "type": "alias", "previousId": "a1" })),
    ];
    for (mut body, expected) in cases {
        body.as_object_mut().unwrap().insert("user_id".into(), "u1".into());
        assert_eq!(outgoing(body).unwrap(), frame(expected));
    }
}

#[test]
fn identity_time_and_circumstances_are_the_record_s() {
    let body = json!({ "type": "track", "event": "x", "anonymous_id": "a1", "timestamp_ms": 1_795_391_999_001_u64,
        "message_id": "node-next-1795-0b1c", "session_id": "s1", "context": { "ip": "203.0.113.9" } });
    let message = outgoing(body).unwrap();
    assert_eq!(message["timestamp"], "2026-11-22T23:59:59.001Z");
    assert_eq!((&message["anonymousId"], message.get("userId")), (&json!("a1"), None));
    assert_eq!(message["messageId"], "node-next-1795-0b1c", "recognised where the client also sent it itself");
    assert_eq!(message["context"], json!({ "ip": "203.0.113.9", "sessionId": "s1" }));
}

#[test]
fn a_message_id_that_segment_would_not_take_is_the_record_s() {
    for (id, kept) in [("m".repeat(99), true), ("m".repeat(100), false), (String::new(), false)] {
        let body = json!({ "type": "track", "event": "x", "user_id": "u1", "message_id": id });
        let expected = if kept { id } else { ID.to_string() };
        assert_eq!(outgoing(body).unwrap()["messageId"], expected);
    }
}

#[test]
fn what_segment_would_drop_in_silence_is_refused() {
    let large = json!({ "type": "identify", "user_id": "u1", "traits": { "t": "x".repeat(32 << 10) } });
    let cases = [
        (json!({ "type": "track", "event": "x" }), "neither user_id nor anonymous_id is set"),
        (json!({ "type": "track", "event": "x", "user_id": "" }), "neither user_id nor anonymous_id is set"),
        (json!({ "type": "track", "event": "", "user_id": "u1" }), "the event's name is empty"),
        (json!({ "type": "group", "group_id": "", "user_id": "u1" }), "group_id is empty"),
        (json!({ "type": "alias", "previous_id": "", "user_id": "u1" }), "previous_id is empty"),
        (
            json!({ "type": "alias", "previous_id": "a0", "anonymous_id": "a1" }),
            "alias: Segment needs user_id, an anonymous_id is not enough",
        ),
        (large, "the message: 32922 bytes as JSON, Segment takes at most 32768"),
    ];
    for (body, reason) in cases {
        assert_eq!(outgoing(body).unwrap_err(), reason);
    }
}
