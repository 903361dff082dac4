//! Checks what goes out for a record, and what is refused before.

use outrigger_plugin_api::sdk::sink::Record;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outgoing, Target, outgoing};
use crate::settings::Settings;

const ID: Uuid = Uuid::from_u128(0x0195_a000_0000_7000_8000_0000_0000_0001);
const NOW: u64 = 1_795_392_000_000;

fn pieces(body: Value) -> Result<Vec<Outgoing>, String> {
    let settings: Settings = serde_json::from_value(json!({ "token": "t" })).unwrap();
    let body = serde_json::from_value(body).unwrap();
    outgoing(3, &Record { id: ID, received_at_ms: NOW, attempt: 1, body }, &settings)
}

fn sent(body: Value) -> Vec<(Target, Value)> {
    let pieces = pieces(body).unwrap();
    assert!(pieces.iter().all(|piece| piece.record == 3));
    pieces.iter().map(|piece| (piece.target, serde_json::from_slice(&piece.json).unwrap())).collect()
}

#[test]
fn an_event_goes_out_with_ids_time_and_circumstances_that_no_property_can_forge() {
    let event = json!({
        "type": "track", "event": " Order Completed ", "user_id": "user-1", "anonymous_id": "visitor-1",
        "timestamp_ms": NOW - 1_000, "session_id": "s1",
        "properties": { "revenue": 12.5, "distinct_id": "other", "$insert_id": "mine", "$os": "mine" },
        "context": { "ip": "203.0.113.9", "os": { "name": "Linux" }, "page": { "url": "https://a.example/" },
            "device": { "model": ["odd"] } },
    });
    let expected = json!({ "event": "Order Completed", "properties": {
        "time": NOW - 1_000, "distinct_id": "user-1", "$user_id": "user-1", "$device_id": "visitor-1",
        "$insert_id": ID.to_string(), "$session_id": "s1", "revenue": 12.5, "ip": "203.0.113.9", "$os": "mine",
        "$current_url": "https://a.example/",
    } });
    assert_eq!(sent(event), [(Target::Import, expected)]);
    assert_eq!(ID.to_string().len(), 36, "Mixpanel's longest $insert_id");
}

#[test]
fn a_visitor_without_a_name_is_a_device() {
    let page = json!({ "type": "page", "name": "Home", "anonymous_id": "visitor-1" });
    let expected = json!({ "event": "Viewed Home Page", "properties": {
        "time": NOW, "distinct_id": "$device:visitor-1", "$device_id": "visitor-1", "$insert_id": ID.to_string(),
    } });
    assert_eq!(sent(page), [(Target::Import, expected)]);
    let screen = json!({ "type": "screen", "anonymous_id": "visitor-1" });
    assert_eq!(sent(screen)[0].1["event"], "Loaded a Screen");
}

#[test]
fn traits_go_to_profiles_and_both_ids_are_joined_by_an_event() {
    let identify = json!({
        "type": "identify", "user_id": "user-1", "anonymous_id": "visitor-1",
        "traits": { "email": "a@b.example", "firstName": "Ada", "plan": "pro" },
    });
    let both = sent(identify);
    assert_eq!(both[0].0, Target::Import);
    assert_eq!(both[0].1["event"], "$identify");
    let properties = &both[0].1["properties"];
    assert_eq!((&properties["$identified_id"], &properties["$anon_id"]), (&json!("user-1"), &json!("visitor-1")));
    assert_eq!((&properties["$user_id"], &properties["$device_id"]), (&json!("user-1"), &json!("visitor-1")));
    let profile = json!({
        "$token": "t", "$distinct_id": "user-1", "$ip": "0",
        "$set": { "$email": "a@b.example", "$first_name": "Ada", "plan": "pro" },
    });
    assert_eq!(both[1], (Target::Profiles, profile));
    let alone = sent(json!({ "type": "identify", "user_id": "user-1", "traits": { "plan": "pro" } }));
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].0, Target::Profiles);
}

#[test]
fn a_group_gets_its_traits_and_its_member() {
    let group = json!({ "type": "group", "user_id": "user-1", "group_id": "acme", "traits": { "seats": 7 } });
    let member = json!({ "$token": "t", "$distinct_id": "user-1", "$ip": "0", "$union": { "company": ["acme"] } });
    let traits = json!({ "$token": "t", "$group_key": "company", "$group_id": "acme", "$set": { "seats": 7 } });
    assert_eq!(sent(group), [(Target::Profiles, member), (Target::Groups, traits)]);
}

#[test]
fn what_mixpanel_would_refuse_is_refused_with_its_bound() {
    let track = |more: Value| {
        let mut event = json!({ "type": "track", "event": "x", "user_id": "user-1" });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        pieces(event.clone()).map(|_| event).unwrap_err()
    };
    let many: serde_json::Map<_, _> = (0..252).map(|number| (format!("p{number}"), 1.into())).collect();
    let list: Vec<_> = (0..256).collect();
    for (more, expected) in [
        (json!({ "event": " " }), "the event's name is empty"),
        (json!({ "event": "é".repeat(256) }), "the event's name: 256 characters, Mixpanel keeps 255"),
        (json!({ "user_id": "Undefined" }), "user_id: `Undefined` stands for nobody, and Mixpanel refuses it"),
        (json!({ "user_id": null }), "neither user_id nor anonymous_id is set"),
        (json!({ "timestamp_ms": 31_535_999_999_u64 }), "time: 31535999999 ms is before 1971, which Mixpanel refuses"),
        (json!({ "timestamp_ms": NOW + 3_600_001 }), "time: more than an hour ahead, which Mixpanel refuses"),
        (json!({ "properties": many }), "256 properties with Mixpanel's own, it takes 255"),
        (json!({ "properties": { "p": list } }), "property `p`: 256 elements, Mixpanel takes 255"),
        (
            json!({ "properties": { "p": { "a": [{ "b": { "c": {} } }] } } }),
            "property `p`: nested more than 3 levels deep",
        ),
        (json!({ "properties": { "p": "x".repeat(1_000_000) } }), "the event: 1000"),
    ] {
        let reason = track(more);
        assert!(reason.starts_with(expected), "{reason}");
    }
    assert!(pieces(json!({ "type": "alias", "user_id": "b", "previous_id": "a" })).is_err());
}
