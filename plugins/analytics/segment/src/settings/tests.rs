//! Checks what settings are refused, and what an address is made of.

use serde_json::json;

use super::Settings;

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_server_s_base_makes_the_address() {
    let cases = [
        (json!({ "write-key": "k" }), "https://api.segment.io/v1/batch"),
        (
            json!({ "write-key": "k", "url": "https://events.eu1.segmentapis.com/" }),
            "https://events.eu1.segmentapis.com/v1/batch",
        ),
        (
            json!({ "write-key": "k", "url": "https://events.eu1.segmentapis.com/v1" }),
            "https://events.eu1.segmentapis.com/v1/batch",
        ),
        (json!({ "write-key": "k", "url": "http://rudder:8080" }), "http://rudder:8080/v1/batch"),
    ];
    for (value, address) in cases {
        let settings = settings(value);
        settings.check().unwrap();
        assert_eq!(settings.address(), address);
    }
}

#[test]
fn what_can_t_be_meant_is_refused_by_name() {
    let cases = [
        (json!({ "write-key": "" }), "`write-key` is empty"),
        (json!({ "write-key": "k:p" }), "`write-key` contains a colon"),
        (json!({ "write-key": "k", "url": "api.segment.io" }), "`url` must begin"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert!(error.message.contains(expected), "{value}: {error}");
    }
}
