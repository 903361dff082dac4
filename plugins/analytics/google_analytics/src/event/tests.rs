//! Checks each sort of record in Google's words.

use outrigger_plugin_api::sdk::{analytics::Event, sink::Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Converted, Left, convert};

const NOW_MS: u64 = 1_700_000_000_000;

fn converted(body: Value, strict: bool) -> (Result<Converted, String>, Left) {
    let body: Event = serde_json::from_value(body).unwrap();
    let record = Record { id: Uuid::from_u128(1), received_at_ms: NOW_MS, attempt: 1, body };
    let mut left = Left::default();
    (convert(&record, NOW_MS + 1000, strict, &mut left), left)
}

fn good(body: Value) -> Converted {
    converted(body, true).0.unwrap()
}

#[test]
fn a_track_has_its_properties_as_parameters_and_the_session() {
    let hit = good(json!({ "type": "track", "event": "Order Completed", "user_id": "u1", "session_id": "17",
        "timestamp_ms": NOW_MS - 5, "properties": { "total": 9.5, "first": true, "items": [{ "item_id": "a" }], "none": null },
        "context": { "userAgent": "Firefox", "ip": "203.0.113.9" } }));
    assert_eq!(
        hit.event,
        json!({ "name": "Order_Completed", "timestamp_micros": (NOW_MS - 5) * 1000,
            "params": { "total": 9.5, "first": "true", "items": [{ "item_id": "a" }], "session_id": "17", "engagement_time_msec": 1 } })
    );
    assert_eq!((hit.visitor.user_id.as_deref(), hit.visitor.user_agent.as_deref()), (Some("u1"), Some("Firefox")));
    assert_eq!(hit.visitor.ip.as_deref(), Some("203.0.113.9"));
}

#[test]
fn the_client_is_the_anonymous_id_or_follows_from_the_user() {
    let visitor = |ids: Value| {
        let mut body = json!({ "type": "track", "event": "x" });
        body.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        good(body).visitor
    };
    assert_eq!(visitor(json!({ "anonymous_id": "GA1.1.5", "user_id": "u" })).client_id, "GA1.1.5");
    let derived = visitor(json!({ "user_id": "u" })).client_id;
    assert_eq!(derived, visitor(json!({ "user_id": "u" })).client_id);
    assert_ne!(derived, visitor(json!({ "user_id": "v" })).client_id);
    assert!(!derived.contains('u') || derived.len() == 36);
}

#[test]
fn pages_screens_groups_and_traits_have_googles_names() {
    let page = good(
        json!({ "type": "page", "name": "Home", "user_id": "u", "properties": { "url": "https://h/p", "referrer": "https://r" } }),
    );
    assert_eq!(page.event["name"], "page_view");
    let params = &page.event["params"];
    assert_eq!(
        (&params["page_location"], &params["page_referrer"], &params["page_title"]),
        (&json!("https://h/p"), &json!("https://r"), &json!("Home"))
    );
    let screen = good(json!({ "type": "screen", "name": "Cart", "user_id": "u" }));
    assert_eq!(
        (&screen.event["name"], &screen.event["params"]["screen_name"]),
        (&json!("screen_seen"), &json!("Cart"))
    );
    let group = good(json!({ "type": "group", "group_id": "g1", "user_id": "u", "traits": { "size": 3 } }));
    assert_eq!((&group.event["name"], &group.event["params"]["group_id"]), (&json!("join_group"), &json!("g1")));
    let identify = good(json!({ "type": "identify", "user_id": "u", "traits": { "plan": "pro" } }));
    assert_eq!(
        (&identify.event["name"], &json!(identify.user_properties)),
        (&json!("identify"), &json!({ "plan": { "value": "pro" } }))
    );
}

#[test]
fn what_google_would_cut_or_drop_is_cut_and_counted_or_refused_where_strict() {
    let mut properties: serde_json::Map<String, Value> = (0..30).map(|n| (format!("p{n:02}"), json!(n))).collect();
    properties.insert("a_long".into(), json!("ä".repeat(101)));
    properties.insert("a_nested".into(), json!({ "x": 1 }));
    properties.insert("ga_x".into(), json!(1));
    let body = json!({ "type": "track", "event": "x", "user_id": "u", "properties": properties });
    let (hit, left) = converted(body.clone(), false);
    let params = hit.unwrap().event["params"].as_object().unwrap().clone();
    assert_eq!(params["a_long"], json!("ä".repeat(100)));
    assert_eq!(params.len(), 24, "23 of ours and the engagement");
    assert_eq!(left, Left { dropped: 10, cut: 1 });
    let (refused, _) = converted(body, true);
    assert_eq!(refused.unwrap_err(), "the value of `a_long` has 101 characters; Google Analytics keeps 100");
}

#[test]
fn what_is_too_old_or_nobody_s_is_refused() {
    let old = json!({ "type": "track", "event": "x", "user_id": "u", "timestamp_ms": NOW_MS - 73 * 3_600_000 });
    assert_eq!(converted(old, false).0.unwrap_err(), "it happened 73 hours ago; Google Analytics takes the last 72");
    let nobody = json!({ "type": "track", "event": "x" });
    assert_eq!(converted(nobody, false).0.unwrap_err(), "it names neither a user nor an anonymous id");
}
