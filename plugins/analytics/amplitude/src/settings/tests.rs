//! Checks what settings are refused, and what an address is made of.

use serde_json::json;

use super::Settings;

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_key_is_enough() {
    let settings = settings(json!({ "api-key": "k" }));
    settings.check().unwrap();
    assert_eq!(settings.address(), "https://api2.amplitude.com/2/httpapi");
    assert_eq!((settings.body_bytes_max(), settings.id_chars_min()), (1_000_000, 5));
}

#[test]
fn region_and_endpoint_make_the_address() {
    let value =
        json!({ "api-key": "k", "url": "https://api.eu.amplitude.com/", "endpoint": "batch", "min-id-length": 1 });
    let settings = settings(value);
    assert_eq!(settings.address(), "https://api.eu.amplitude.com/batch");
    assert_eq!((settings.body_bytes_max(), settings.id_chars_min()), (20_000_000, 1));
}

#[test]
fn what_can_t_be_meant_is_refused_by_name() {
    let cases = [
        (json!({ "api-key": " " }), "`api-key` is empty"),
        (json!({ "api-key": "k", "url": "eu" }), "`url` must begin"),
        (json!({ "api-key": "k", "min-id-length": 0 }), "`min-id-length` must be"),
        (json!({ "api-key": "k", "group-type": "" }), "`group-type` is empty"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert!(error.message.contains(expected), "{value}: {error}");
    }
}
