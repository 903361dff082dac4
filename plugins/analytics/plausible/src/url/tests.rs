//! Checks which address an event gets.

use outrigger_plugin_api::sdk::analytics::Event;
use serde_json::{Value, json};

use super::{of, path_chars};

fn check(event: Value, expected: &str) {
    let event: Event = serde_json::from_value(event).unwrap();
    assert_eq!(of(&event, "shop.example"), expected, "{event:?}");
}

#[test]
fn the_properties_come_before_the_context_and_both_before_the_name() {
    let context = json!({ "page": { "url": "https://shop.example/context?utm_source=mail", "path": "/path" } });
    check(
        json!({ "type": "page", "name": "Home", "properties": { "url": "https://a.example/b" }, "context": context }),
        "https://a.example/b",
    );
    check(json!({ "type": "track", "event": "x", "context": context }), "https://shop.example/context?utm_source=mail");
    check(json!({ "type": "page", "properties": { "path": "/cart" } }), "https://shop.example/cart");
    check(json!({ "type": "page", "properties": { "url": "cart?a=1" } }), "https://shop.example/cart?a=1");
}

#[test]
fn a_name_stands_for_an_address_that_is_missing() {
    check(json!({ "type": "page", "name": "Über uns" }), "https://shop.example/%C3%9Cber%20uns");
    check(json!({ "type": "screen", "name": "Login" }), "app://localhost/Login");
    check(json!({ "type": "screen", "properties": { "path": "/settings" } }), "app://localhost/settings");
    check(json!({ "type": "page" }), "https://shop.example/");
    check(json!({ "type": "track", "event": "Paid", "properties": { "url": 7 } }), "https://shop.example/");
}

#[test]
fn a_path_is_counted_in_decoded_characters() {
    let cases = [
        ("https://a.example", 0),
        ("https://a.example/", 1),
        ("https://a.example/%C3%9C?long=query#part", 2),
        ("https://a.example/ä", 2),
        ("https://a.example/%zz%4", 6),
        ("app://localhost/login", 6),
    ];
    for (url, chars) in cases {
        assert_eq!(path_chars(url), chars, "{url}");
    }
}
