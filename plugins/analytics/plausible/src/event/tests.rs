//! Checks what goes out for a record, and what is refused before.

use outrigger_plugin_api::sdk::{analytics::Event, sink::Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::request;
use crate::settings::Settings;

const NOW_MS: u64 = 1_795_392_000_000;

fn settings() -> Settings {
    serde_json::from_value(json!({ "domain": "shop.example" })).unwrap()
}

fn record(body: Value) -> Record<Event> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::from_u128(1), received_at_ms: NOW_MS, attempt: 1, body }
}

fn sent(body: Value) -> Value {
    let request = request(&record(body), &settings(), NOW_MS).unwrap();
    assert_eq!(request.url(), "https://plausible.io/api/event");
    assert_eq!(request.header_value("content-type"), Some("application/json"));
    serde_json::from_slice(request.body_bytes()).unwrap()
}

fn refused(body: Value) -> String {
    request(&record(body), &settings(), NOW_MS).unwrap_err()
}

#[test]
fn an_event_goes_out_with_page_referrer_properties_and_revenue() {
    let event = json!({
        "type": "track", "event": "Order Completed", "user_id": "u1",
        "properties": { "plan": "pro", "seats": 3, "trial": false, "note": "", "gone": null, "tags": ["a", "b"],
            "revenue": 12.5, "currency": "EUR" },
        "context": { "page": { "url": "https://shop.example/pay?utm_source=mail", "referrer": "https://a.example" } },
    });
    let expected = json!({
        "domain": "shop.example", "name": "Order Completed", "url": "https://shop.example/pay?utm_source=mail",
        "referrer": "https://a.example",
        "props": { "plan": "pro", "seats": 3, "trial": false, "tags": "[\"a\",\"b\"]", "revenue": 12.5, "currency": "EUR" },
        "revenue": { "amount": 12.5, "currency": "EUR" },
    });
    assert_eq!(sent(event), expected);
}

#[test]
fn pages_and_screens_are_page_views() {
    let page = json!({ "type": "page", "name": "Home", "user_id": "u1",
        "properties": { "url": "https://shop.example/", "referrer": "https://a.example", "title": "Shop", "revenue": 1 } });
    let expected = json!({ "domain": "shop.example", "name": "pageview", "url": "https://shop.example/",
        "referrer": "https://a.example", "props": { "title": "Shop", "revenue": 1 } });
    assert_eq!(sent(page), expected);
    let screen = json!({ "type": "screen", "name": "Login", "anonymous_id": "a1" });
    assert_eq!(sent(screen), json!({ "domain": "shop.example", "name": "pageview", "url": "app://localhost/Login" }));
}

#[test]
fn what_exceeds_a_bound_is_refused_with_field_bound_and_length() {
    let track = |properties: Value| json!({ "type": "track", "event": "x", "properties": properties });
    let many: serde_json::Map<String, Value> = (0..31).map(|index| (format!("p{index}"), index.into())).collect();
    let cases = [
        (
            json!({ "type": "track", "event": "ä".repeat(61) }),
            "the event's name: 122 bytes, Plausible takes at most 120",
        ),
        (json!({ "type": "track", "event": " " }), "the event's name is empty"),
        (
            json!({ "type": "track", "event": "engagement" }),
            "`engagement` is a name that Plausible keeps for its own script",
        ),
        (track(many.into()), "properties: 31 properties, Plausible takes at most 30"),
        (track(json!({ "a": "x".repeat(2_001) })), "the property `a`: 2001 bytes, Plausible takes at most 2000"),
        (track(json!({ "n".repeat(301): 1 })), "a property's name: 301 bytes, Plausible takes at most 300"),
        (
            track(json!({ "url": format!("https://shop.example/{}", "x".repeat(2_000)) })),
            "the URL's path: 2001 characters, Plausible takes at most 2000",
        ),
        (
            track(json!({ "referrer": "r".repeat(2_001) })),
            "the referrer: 2001 characters, Plausible takes at most 2000",
        ),
    ];
    for (body, reason) in cases {
        assert_eq!(refused(body), reason);
    }
    let full: serde_json::Map<String, Value> = (0..30).map(|index| (format!("p{index}"), index.into())).collect();
    assert_eq!(sent(track(full.into()))["props"].as_object().unwrap().len(), 30, "the bound itself is taken");
}

#[test]
fn an_event_too_old_is_refused_rather_than_counted_now() {
    let at = |timestamp_ms: u64| json!({ "type": "track", "event": "x", "timestamp_ms": timestamp_ms });
    let reason = refused(at(NOW_MS - 3_601_000));
    assert_eq!(reason, "happened 3601s ago and would be counted as now; `age-max` is 1h");
    sent(at(NOW_MS - 3_600_000));
    sent(at(NOW_MS + 5_000));
    let mut old = record(json!({ "type": "track", "event": "x" }));
    old.received_at_ms = NOW_MS - 7_200_000;
    assert!(request(&old, &settings(), NOW_MS).is_err(), "without a time of its own it is that of its arrival");
}
