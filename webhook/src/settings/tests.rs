//! Checks what settings are refused, without a word of what they hold.

use serde_json::json;

use super::Settings;

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_address_is_enough_and_headers_are_free() {
    settings(json!({ "url": "https://a.example/hook/t0ken" })).check().unwrap();
    let headers = json!({ "Authorization": "Bearer t0ken", "X-Team": "a b\tc" });
    settings(json!({ "url": "http://127.0.0.1:80", "secret": "s", "headers": headers })).check().unwrap();
}

#[test]
fn what_can_t_be_meant_is_refused_by_name_and_never_by_value() {
    let with = |name: &str, value: &str| json!({ "url": "https://a.example", "headers": { name: value } });
    let cases = [
        (json!({ "url": "a.example/t0ken" }), "`url` must begin"),
        (json!({ "url": "https://a.example", "secret": "" }), "`secret` is empty"),
        (with("a b", "t0ken"), "`headers` has \"a b\""),
        (with("", "t0ken"), "`headers` has \"\""),
        (with("X-One", "t0ken\r\nx-two: 2"), "`headers.X-One` has characters"),
        (with("Content-Type", "t0ken"), "`headers.Content-Type` can't be set"),
        (with("X-Outrigger-Signature", "t0ken"), "`headers.X-Outrigger-Signature` can't be set"),
        (with("Idempotency-Key", "t0ken"), "`headers.Idempotency-Key` can't be set"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert!(error.message.contains(expected), "{value}: {error}");
        assert!(!error.message.contains("t0ken"), "{error}");
    }
}
