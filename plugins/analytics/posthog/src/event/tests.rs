//! Checks each sort of record in PostHog's words.

use outrigger_plugin_api::sdk::{analytics::Event, sink::Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outgoing, convert, plain, say};
use crate::settings::Settings;

const AT_MS: u64 = 1_700_000_000_000;

fn settings() -> Settings {
    serde_json::from_value(json!({ "api-key": "phc_x" })).unwrap()
}

fn converted(body: Value) -> Result<Outgoing, String> {
    // As the host writes it: by the model, which leaves out what is empty.
    let model: Event = serde_json::from_value(body).unwrap();
    let body = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    convert(0, &Record { id: Uuid::from_u128(7), received_at_ms: AT_MS, attempt: 1, body }, &settings())
}

fn event(body: Value) -> Value {
    let mut event: Value = serde_json::from_slice(&converted(body).unwrap().event).unwrap();
    let properties = event["properties"].as_object_mut().unwrap();
    assert_eq!(properties.remove("$lib"), Some(json!("outrigger")));
    properties.remove("$lib_version").unwrap();
    event
}

#[test]
fn a_track_keeps_its_person_time_and_id() {
    let sent = event(json!({ "type": "track", "event": "Paid", "user_id": "u1", "timestamp_ms": AT_MS - 1,
        "session_id": "s", "properties": { "total": 9, "$ip": "said" }, "context": { "ip": "203.0.113.9", "groups": { "company": "c" } } }));
    assert_eq!(
        sent,
        json!({ "event": "Paid", "uuid": "00000000-0000-0000-0000-000000000007", "distinct_id": "u1",
            "timestamp": "2023-11-14T22:13:19.999Z",
            "properties": { "total": 9, "$ip": "said", "$session_id": "s", "$groups": { "company": "c" } } })
    );
    let visitor = event(json!({ "type": "track", "event": "Paid", "anonymous_id": "a1" }));
    assert_eq!(
        (&visitor["distinct_id"], &visitor["properties"]["$process_person_profile"]),
        (&json!("a1"), &json!(false))
    );
}

#[test]
fn the_client_s_message_id_decides_the_uuid() {
    let uuid = |message: &str| {
        converted(json!({ "type": "track", "event": "x", "user_id": "u", "message_id": message })).unwrap().uuid
    };
    assert_eq!(uuid("node-next-1795-60-chars"), uuid("node-next-1795-60-chars"));
    assert_ne!(uuid("a"), uuid("b"));
}

#[test]
fn people_groups_and_pages_have_posthogs_names() {
    let identify =
        event(json!({ "type": "identify", "user_id": "u", "anonymous_id": "a", "traits": { "plan": "pro" } }));
    assert_eq!(
        (&identify["event"], &identify["properties"]),
        (&json!("$identify"), &json!({ "$set": { "plan": "pro" }, "$anon_distinct_id": "a" }))
    );
    let described = event(json!({ "type": "identify", "anonymous_id": "a", "traits": {} }));
    assert_eq!(described["event"], "$set");
    let alias = event(json!({ "type": "alias", "user_id": "u", "previous_id": "a" }));
    assert_eq!(
        (&alias["event"], &alias["distinct_id"], &alias["properties"]["$anon_distinct_id"]),
        (&json!("$identify"), &json!("u"), &json!("a"))
    );
    let group = event(json!({ "type": "group", "user_id": "u", "group_id": "g", "traits": { "size": 3 } }));
    assert_eq!(
        (&group["event"], &group["properties"]),
        (
            &json!("$groupidentify"),
            &json!({ "$group_type": "company", "$group_key": "g", "$group_set": { "size": 3 }, "$groups": { "company": "g" } })
        )
    );
    let page = event(
        json!({ "type": "page", "name": "Home", "user_id": "u", "properties": { "url": "https://h/p", "path": "/p" } }),
    );
    assert_eq!(
        (&page["event"], &page["properties"]),
        (&json!("$pageview"), &json!({ "$current_url": "https://h/p", "$pathname": "/p", "name": "Home" }))
    );
    let screen = event(json!({ "type": "screen", "name": "Cart", "user_id": "u" }));
    assert_eq!((&screen["event"], &screen["properties"]["$screen_name"]), (&json!("$screen"), &json!("Cart")));
}

#[test]
fn what_would_make_one_person_of_many_is_refused() {
    for id in ["null", "Anonymous", "0", "[object Object]", "\"undefined\"", " ", &"x".repeat(201)] {
        let why = converted(json!({ "type": "track", "event": "x", "user_id": id })).unwrap_err();
        assert!(why.contains("person"), "{id}: {why}");
    }
    assert!(converted(json!({ "type": "track", "event": "x", "user_id": "x".repeat(200) })).is_ok());
    assert!(converted(json!({ "type": "alias", "user_id": "u", "previous_id": "null" })).is_err());
    assert!(
        converted(json!({ "type": "alias", "anonymous_id": "a", "previous_id": "b" }))
            .unwrap_err()
            .contains("needs the user's id")
    );
}

#[test]
fn names_and_sizes_are_bounded_and_old_events_are_historical() {
    let why = converted(json!({ "type": "track", "event": "n".repeat(201), "user_id": "u" })).unwrap_err();
    assert_eq!(why, "the event's name has 201 characters; PostHog takes 1 to 200");
    let why =
        converted(json!({ "type": "track", "event": "x", "user_id": "u", "properties": { "a": "x".repeat(900_000) } }))
            .unwrap_err();
    assert!(why.contains("PostHog takes 900000"), "{why}");
    let aged = |hours: u64| {
        converted(json!({ "type": "track", "event": "x", "user_id": "u", "timestamp_ms": AT_MS - hours * 3_600_000 }))
            .unwrap()
            .historical
    };
    assert_eq!((aged(47), aged(49)), (false, true));
}

#[test]
fn the_plain_case_says_what_the_tree_says() {
    let context = json!({ "ip": "203.0.113.9", "userAgent": "curl/8 \"q\"", "locale": 7, "groups": { "company": "c" }, "app": {} });
    let plain = [
        json!({ "type": "track", "event": "Paid", "user_id": "u1" }),
        json!({ "type": "track", "event": "Zahlung für ☕", "anonymous_id": " a1 ", "timestamp_ms": 5, "message_id": "m" }),
        json!({ "type": "track", "event": "x", "user_id": "u", "anonymous_id": "a", "session_id": "s",
            "properties": { "a": { "b": [1, "}", null] }, "c": 1.5 }, "context": context }),
        json!({ "type": "track", "event": "x", "user_id": "u", "context": { "user_agent": "w", "groups": 1 } }),
    ];
    for event in plain {
        let text = event.to_string();
        let model: Event = serde_json::from_str(&text).unwrap();
        let (plainly, by_tree) = (plain::say(&text).expect("a plain case"), say(&model, &settings()).unwrap());
        assert_eq!((&plainly.name, &plainly.person), (&by_tree.name, &by_tree.person), "{text}");
        assert_eq!((plainly.timestamp_ms, &plainly.message_id), (by_tree.timestamp_ms, &by_tree.message_id), "{text}");
        let object = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(object(&plainly.properties), object(&by_tree.properties), "{text}");
    }
}

#[test]
fn what_is_not_plain_goes_by_the_tree() {
    let others = [
        r#"{"type":"page","user_id":"u"}"#,
        r#"{"type":"track","event":"a \"b\"","user_id":"u"}"#,
        r#"{"type":"track","event":"x","user_id":"u","properties":{"$lib":"mine"}}"#,
        r#"{"type":"track","event":"x","user_id":"u","properties":{"\u0024lib":"mine"}}"#,
        r#"{"type":"track","event":"x","user_id":"null"}"#,
        r#"{"type":"track","event":"x"}"#,
    ];
    for text in others {
        assert!(plain::say(text).is_none(), "{text}");
    }
    let lib = json!({ "type": "track", "event": "x", "user_id": "u", "properties": { "$lib": "mine" } });
    let sent: Value = serde_json::from_slice(&converted(lib).unwrap().event).unwrap();
    assert_eq!(sent["properties"]["$lib"], "mine", "what the app says itself stays");
}
