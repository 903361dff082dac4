//! Checks what goes out for a record, and what is refused before.

use outrigger_plugin_api::sdk::sink::Record;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outgoing, events};
use crate::settings::Settings;

const ID: Uuid = Uuid::from_u128(0x0195_a000_0000_7000_8000_0000_0000_0001);

fn settings(more: Value) -> Settings {
    let mut settings = json!({ "api-key": "k" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(settings).unwrap()
}

fn outgoing(body: Value, more: Value) -> Result<Vec<Outgoing>, String> {
    let record =
        Record { id: ID, received_at_ms: 1_795_392_000_000, attempt: 1, body: serde_json::from_value(body).unwrap() };
    events(3, &record, &settings(more))
}

fn sent(body: Value) -> Vec<Value> {
    let outgoing = outgoing(body, json!({})).unwrap();
    assert!(outgoing.iter().all(|event| event.record == 3));
    outgoing.iter().map(|event| serde_json::from_slice(&event.json).unwrap()).collect()
}

#[test]
fn an_event_goes_out_with_ids_time_money_and_circumstances() {
    let event = json!({
        "type": "track", "event": "Order Completed", "user_id": "user-1", "anonymous_id": "visitor-1",
        "timestamp_ms": 1_795_391_999_000_u64, "session_id": "1795391000000", "message_id": "m1",
        "properties": { "revenue": 12.5, "quantity": "two", "product_id": "p1", "plan": "pro" },
        "context": { "ip": "203.0.113.9", "locale": "de-DE", "userAgent": "Firefox", "app": { "version": "1.2" },
            "os": { "name": "Linux", "version": "" }, "device": { "model": "X1", "type": ["odd"] } },
    });
    let expected = json!({
        "event_type": "Order Completed", "insert_id": ID.to_string(), "time": 1_795_391_999_000_u64,
        "user_id": "user-1", "device_id": "visitor-1", "session_id": 1_795_391_000_000_u64,
        "event_properties": { "revenue": 12.5, "quantity": "two", "product_id": "p1", "plan": "pro" },
        "revenue": 12.5, "productId": "p1",
        "ip": "203.0.113.9", "language": "de-DE", "user_agent": "Firefox", "app_version": "1.2", "os_name": "Linux",
        "device_model": "X1",
    });
    assert_eq!(sent(event), [expected]);
}

#[test]
fn pages_and_screens_are_events_named_as_segment_names_them() {
    let name = |body: Value| sent(body)[0]["event_type"].as_str().unwrap().to_owned();
    assert_eq!(name(json!({ "type": "page", "name": "Home", "user_id": "user-1" })), "Viewed Home Page");
    assert_eq!(name(json!({ "type": "page", "user_id": "user-1" })), "Loaded a Page");
    assert_eq!(name(json!({ "type": "screen", "name": "Login", "user_id": "user-1" })), "Viewed Login Screen");
}

#[test]
fn traits_are_set_on_the_user_and_the_group() {
    let identify = json!({ "type": "identify", "user_id": "user-1", "traits": { "plan": "pro" } });
    let expected = json!({ "event_type": "$identify", "insert_id": ID.to_string(), "time": 1_795_392_000_000_u64,
        "user_id": "user-1", "user_properties": { "$set": { "plan": "pro" } } });
    assert_eq!(sent(identify), [expected]);

    let group = json!({ "type": "group", "group_id": "acme", "user_id": "user-1", "traits": { "seats": 7 } });
    let of_user = settings(json!({ "group-type": "company" }));
    let [member, known] = &outgoing(group, json!({ "group-type": of_user.group_type })).unwrap()[..] else {
        panic!("two events")
    };
    let (member, known): (Value, Value) =
        (serde_json::from_slice(&member.json).unwrap(), serde_json::from_slice(&known.json).unwrap());
    assert_eq!((&member["event_type"], &known["event_type"]), (&json!("$identify"), &json!("$groupidentify")));
    assert_eq!(member["user_properties"], json!({ "$set": { "company": "acme" } }));
    assert_eq!(known["group_properties"], json!({ "$set": { "seats": 7 } }));
    assert_eq!((&member["groups"], &known["groups"]), (&json!({ "company": "acme" }), &json!({ "company": "acme" })));
    assert_ne!(member["insert_id"], known["insert_id"], "or the second would be taken for the first sent twice");
    assert_eq!(known["insert_id"], "a3052784-3f89-5249-8636-ee219380e9f9", "the same on every try");
}

#[test]
fn an_id_that_amplitude_would_strike_off_is_refused_with_its_length() {
    let track = |identity: Value| {
        let mut event = json!({ "type": "track", "event": "x" });
        event.as_object_mut().unwrap().extend(identity.as_object().unwrap().clone());
        event
    };
    let refused = |identity: Value| outgoing(track(identity), json!({})).unwrap_err();
    let short = "user_id: 2 characters, Amplitude takes at least 5 (`min-id-length`)";
    assert_eq!(
        refused(json!({ "user_id": "u1", "anonymous_id": "visitor-1" })),
        short,
        "not counted for the device alone"
    );
    assert_eq!(refused(json!({ "anonymous_id": "äöüß" })), short.replace("user_id: 2", "anonymous_id: 4"));
    assert_eq!(refused(json!({})), "neither user_id nor anonymous_id is set");
    let event = &sent(track(json!({ "user_id": "user-1", "anonymous_id": "a1" })))[0];
    assert_eq!((&event["user_id"], event.get("device_id")), (&json!("user-1"), None));
    assert!(outgoing(track(json!({ "user_id": "u1" })), json!({ "min-id-length": 2 })).is_ok());
}

#[test]
fn what_names_nothing_is_refused() {
    assert!(outgoing(json!({ "type": "track", "event": " ", "user_id": "user-1" }), json!({})).is_err());
    assert!(outgoing(json!({ "type": "group", "group_id": "", "user_id": "user-1" }), json!({})).is_err());
}
