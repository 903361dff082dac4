//! Checks what settings are refused, and that names reach SQL only as identifiers.

use serde_json::json;

use super::Settings;

fn settings(more: serde_json::Value) -> Settings {
    let mut value = json!({ "url": "http://127.0.0.1:8123" });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_url_is_enough() {
    let settings = settings(json!({}));
    settings.check().unwrap();
    assert_eq!(settings.target(), "\"default\".\"outrigger_event\"");
    assert!(settings.create_table);
}

#[test]
fn what_can_t_be_meant_is_refused_by_name() {
    let cases = [
        (json!({ "url": "clickhouse:9000" }), "`url` must begin"),
        (json!({ "url": "http://me:pw@host:8123" }), "`url` must have neither"),
        (json!({ "url": "http://host:8123/?user=me" }), "`url` must have neither"),
        (json!({ "user": "" }), "`user` must"),
        (json!({ "password": "s3cret\nline" }), "`password` has control characters"),
        (json!({ "database": "a-b" }), "`database` must be 1 to 127"),
        (json!({ "database": "" }), "`database` must be"),
        (json!({ "table": "e\" VALUES (1); --" }), "`table` must be"),
        (json!({ "table": "1st" }), "`table` must be"),
        (json!({ "table": "t".repeat(128) }), "`table` must be"),
        (json!({ "project": "" }), "`project` must have"),
        (json!({ "project": "p".repeat(128) }), "`project` must have"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert!(error.message.contains(expected), "{value}: {error}");
        assert!(!error.message.contains("s3cret") && !error.message.contains("pw@"), "{error}");
    }
}
