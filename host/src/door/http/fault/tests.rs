//! Places of faults in the models that routes take.

use outrigger_plugin_api::sdk::{analytics, monitoring};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;

/// Returns `pointer: detail` of each fault, for a body that serde refuses too.
fn found<T: JsonSchema + DeserializeOwned>(body: Value) -> Vec<String> {
    let refused = serde_json::from_value::<T>(body.clone()).err().expect("serde refuses it").to_string();
    faults::<T>(&body, &refused).into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect()
}

#[test]
fn every_fault_of_an_event_has_its_place() {
    let event = json!({ "type": "track", "event": 5, "user_id": true, "timestamp_ms": -1, "properties": [] });
    let mut all = found::<analytics::Event>(event);
    all.sort();
    let expected = [
        "/event: must be text, is a number",
        "/properties: must be an object, is an array",
        "/timestamp_ms: must be at least 0",
        "/user_id: must be text or null, is true or false",
    ];
    assert_eq!(all, expected);
    assert_eq!(found::<analytics::Event>(json!({ "type": "track", "user_id": "u" })), ["/event: is missing"]);
    let sorts = "must be one of `track`, `identify`, `page`, `screen`, `group`, `alias`";
    assert_eq!(found::<analytics::Event>(json!({ "type": "dance" })), [format!("/type: {sorts}")]);
    assert_eq!(found::<analytics::Event>(json!({})), [format!("/type: {sorts}")]);
    assert_eq!(found::<analytics::Event>(json!([])), [": must be an object, is an array"]);
}

#[test]
fn places_go_down_to_the_last_member() {
    let faulty = json!({ "type": "error", "exceptions": [{ "type": "E", "value": "v" }, { "value": 1, "type": "E" }],
        "breadcrumbs": [{ "severity": "loud" }], "tags": { "a/b~c": 7 }, "request": { "status": 70_000 } });
    let mut all = found::<monitoring::Event>(faulty);
    all.sort();
    let expected = [
        "/breadcrumbs/0/severity: must be one of `debug`, `info`, `warning`, `error`, `fatal`",
        "/exceptions/1/value: must be text, is a number",
        "/request/status: must be at most 65535",
        "/tags/a~1b~0c: must be text, is a number",
    ];
    assert_eq!(all, expected);
}

#[test]
fn what_the_schema_does_not_show_is_said_of_the_whole() {
    // A fraction is no u64 for serde, and no integer for the schema: both agree. A number too large for 64 bits is a
    // float to JSON readers.
    let body = json!({ "type": "track", "event": "e", "timestamp_ms": 1.5 });
    assert_eq!(found::<analytics::Event>(body), ["/timestamp_ms: must be a whole number or null, is a number"]);
    let fits = json!({ "type": "track", "event": "e" });
    assert_eq!(faults::<analytics::Event>(&fits, "said by serde"), [Fault::of("", "said by serde")]);
}

#[test]
fn the_number_of_faults_is_bounded() {
    let tags: Map<_, _> = (0..100).map(|number| (format!("tag{number}"), json!(number))).collect();
    assert_eq!(found::<monitoring::Event>(json!({ "type": "log", "message": "m", "tags": tags })).len(), FAULTS_MAX);
}
