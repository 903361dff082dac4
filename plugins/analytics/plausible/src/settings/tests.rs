//! Checks what settings are refused, and what an address is made of.

use outrigger_plugin_api::sdk::ErrorKind;
use serde_json::json;

use super::Settings;

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_domain_is_enough() {
    let settings = settings(json!({ "domain": "shop.example, all.example" }));
    settings.check().unwrap();
    assert_eq!(settings.endpoint(), "https://plausible.io/api/event");
    assert_eq!(settings.site(), "shop.example");
    assert_eq!((settings.requests, settings.age_max.to_string()), (8, "1h".to_owned()));
}

#[test]
fn a_server_of_one_s_own_may_have_a_path() {
    let settings = settings(json!({ "domain": "a.example", "url": "http://127.0.0.1:8000/stats/" }));
    assert_eq!(settings.endpoint(), "http://127.0.0.1:8000/stats/api/event");
}

#[test]
fn what_can_t_be_meant_is_refused_by_name() {
    let cases = [
        (json!({ "domain": "" }), "`domain` is empty"),
        (json!({ "domain": "a.example,," }), "`domain` is empty"),
        (json!({ "domain": "https://a.example" }), "`domain` is a name"),
        (json!({ "domain": "a", "url": "plausible.io" }), "`url` must begin"),
        (json!({ "domain": "a", "requests": 65 }), "`requests` must be"),
        (json!({ "domain": "a", "requests": 0 }), "`requests` must be"),
        (json!({ "domain": "a", "age-max": "0s" }), "`age-max` must be"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.contains(expected), "{value}: {error}");
    }
}
