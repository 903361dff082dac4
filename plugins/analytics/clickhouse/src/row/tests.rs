//! Checks what each sort of record becomes, and what is refused before it is sent.

use outrigger_plugin_api::sdk::{analytics::Event, sink::Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COLUMNS, NAME_BYTES_MAX, ROW_BYTES_MAX, Row, TIME_MS_MAX};

const ID: Uuid = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001);
/// 2026-11-23T00:00:00Z.
const RECEIVED: u64 = 1_795_392_000_000;

fn record(event: Value, received_at_ms: u64) -> Record<Event> {
    Record { id: ID, received_at_ms, attempt: 1, body: serde_json::from_value(event).unwrap() }
}

fn row(event: Value) -> Result<Row, String> {
    Row::new(0, record(event, RECEIVED), "shop")
}

/// Returns the columns that are not empty, without those that every row has.
fn columns(event: Value) -> Value {
    let row = row(event).unwrap();
    let mut columns: Value = serde_json::from_slice(&row.json).unwrap();
    columns
        .as_object_mut()
        .unwrap()
        .retain(|name, value| value != "" && !["project", "id", "received_at"].contains(&name.as_str()));
    columns
}

#[test]
fn a_row_has_each_column_in_order_as_one_line() {
    let event = json!({
        "type": "track", "event": "Order \u{0} \"é\"\n", "properties": { "total": 9.5, "note": "a\u{0}b" },
        "user_id": "u-1", "anonymous_id": "a-1", "timestamp_ms": 1_700_000_000_123_u64,
        "message_id": "m-1", "session_id": "s-1", "context": { "groupId": "g-1" },
    });
    let row = row(event).unwrap();
    let expected = concat!(
        r#"{"project":"shop","id":"019a0000-0000-7000-8000-000000000001","type":"track","#,
        r#""name":"Order \u0000 \"é\"\n","uid":"u-1","anonymous_id":"a-1","session":"s-1","grp":"g-1","#,
        r#""message_id":"m-1","ts":"2023-11-14T22:13:20.123Z","received_at":"2026-11-23T00:00:00.000Z","#,
        r#""props":"{\"total\":9.5,\"note\":\"a\\u0000b\"}","ctx":"{\"groupId\":\"g-1\"}"}"#,
        "\n"
    );
    let sorted = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap();
    let text = String::from_utf8(row.json.clone()).unwrap();
    assert_eq!(text.matches('\n').count(), 1);
    let (got, expected) = (sorted(&row.json), sorted(expected.as_bytes()));
    for column in COLUMNS.split(", ").filter(|column| *column != "props") {
        assert_eq!(got[column], expected[column], "{column}");
    }
    let inner = |value: &Value| serde_json::from_str::<Value>(value["props"].as_str().unwrap()).unwrap();
    assert_eq!(inner(&got), inner(&expected));
    let places: Vec<usize> = COLUMNS.split(", ").map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    assert_eq!(got.as_object().unwrap().len(), COLUMNS.split(", ").count());
    assert_eq!((row.month.as_str(), row.id), ("2023-11", ID));
}

#[test]
fn every_sort_is_an_event() {
    let ts = "2026-11-23T00:00:00.000Z";
    let cases = [
        (
            json!({ "type": "page", "name": "Home", "anonymous_id": "a", "properties": { "url": "/" } }),
            json!({ "type": "page", "name": "Home", "uid": "a", "ts": ts, "props": "{\"url\":\"/\"}" }),
        ),
        (
            json!({ "type": "screen", "user_id": "u", "anonymous_id": "" }),
            json!({ "type": "screen", "uid": "u", "ts": ts }),
        ),
        (
            json!({ "type": "identify", "user_id": "u", "anonymous_id": "a", "traits": { "plan": "pro" } }),
            json!({ "type": "identify", "uid": "u", "anonymous_id": "a", "ts": ts, "props": "{\"plan\":\"pro\"}" }),
        ),
        (
            json!({ "type": "group", "group_id": "g", "user_id": "u", "traits": { "size": 3 } }),
            json!({ "type": "group", "grp": "g", "uid": "u", "ts": ts, "props": "{\"size\":3}" }),
        ),
        (
            json!({ "type": "alias", "previous_id": "old", "user_id": "u" }),
            json!({ "type": "alias", "uid": "u", "ts": ts, "props": "{\"previous_id\":\"old\"}" }),
        ),
    ];
    for (event, expected) in cases {
        assert_eq!(columns(event.clone()), expected, "{event}");
    }
}

#[test]
fn what_the_table_can_t_hold_is_refused_with_field_bound_and_size() {
    let long = "n".repeat(NAME_BYTES_MAX + 1);
    let large = "x".repeat(ROW_BYTES_MAX);
    let cases = [
        (json!({ "type": "page" }), "neither user_id nor anonymous_id"),
        (json!({ "type": "track", "event": long, "user_id": "u" }), "name takes 1025 bytes, at most 1024"),
        (
            json!({ "type": "track", "event": "x", "user_id": "u", "timestamp_ms": TIME_MS_MAX + 1 }),
            "timestamp 2149-06-07T00:00:00.000Z is after 2149-06-06T23:59:59.999Z",
        ),
        (
            json!({ "type": "track", "event": "x", "user_id": "u", "properties": { "large": large } }),
            "bytes as a row, more than 8388608",
        ),
    ];
    for (event, expected) in cases {
        let reason = row(event).unwrap_err();
        assert!(reason.contains(expected), "{reason}");
    }
    let last = json!({ "type": "track", "event": "n".repeat(NAME_BYTES_MAX), "user_id": "u" });
    assert!(Row::new(0, record(last, TIME_MS_MAX), "shop").is_ok());
}
