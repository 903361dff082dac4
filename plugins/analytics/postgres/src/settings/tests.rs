//! Which settings are refused, and that the checked-in schema is the type's.

use serde_json::json;

use super::*;

fn settings(more: serde_json::Value) -> Settings {
    let mut all = json!({ "url": "postgres://u@localhost/db" });
    if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    serde_json::from_value(all).unwrap()
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    assert_eq!(settings(json!({})).check(), Ok(()));
    assert_eq!(settings(json!({ "schema": "_a1", "retention": "1d", "connections": 32 })).check(), Ok(()));
    let long = "a".repeat(64);
    for (more, named) in [
        (json!({ "schema": "" }), "`schema`"),
        (json!({ "schema": "1a" }), "`schema`"),
        (json!({ "schema": "Shop" }), "`schema`"),
        (json!({ "schema": "a\"; DROP" }), "`schema`"),
        (json!({ "schema": long }), "`schema`"),
        (json!({ "schema": "pg_mine" }), "pg_"),
        (json!({ "connections": 0 }), "`connections`"),
        (json!({ "connections": 33 }), "`connections`"),
        (json!({ "connect-timeout": "0s" }), "`connect-timeout`"),
        (json!({ "statement-timeout": "0s" }), "`statement-timeout`"),
        (json!({ "retention": "1h" }), "`retention`"),
    ] {
        let error = settings(more.clone()).check().unwrap_err();
        assert!(error.message.contains(named), "{more}: {error}");
    }
}
