//! The document keeps to OpenAPI 3.1 and JSON Schema 2020-12.

use std::collections::BTreeSet;

use super::*;

/// Calls `visit` with every object of a document and where it stands.
fn each(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(place, members);
            members.iter().for_each(|(name, value)| each(value, &format!("{place}/{name}"), visit));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| each(value, &format!("{place}/{index}"), visit));
        }
        _ => {}
    }
}

#[test]
fn nothing_of_the_dialect_of_3_0_is_left() {
    each(&document(), "", &mut |place, members| {
        // A property may have any of these names; a schema may not.
        if place.ends_with("/properties") {
            return;
        }
        for former in ["nullable", "example", "definitions", "$defs", "$schema"] {
            assert!(!members.contains_key(former), "{place}: {former}");
        }
        for bound in ["exclusiveMinimum", "exclusiveMaximum"] {
            assert!(members.get(bound).is_none_or(Value::is_number), "{place}: {bound}");
        }
        assert!(members.get("format").is_none_or(|format| format != "binary" && format != "byte"), "{place}");
    });
    // What is absent or null says so in its type.
    let cursor = document()["components"]["schemas"]["Page"]["properties"]["cursor"]["type"].clone();
    assert_eq!(cursor, json!(["string", "null"]));
}

#[test]
fn every_operation_says_what_it_answers() {
    let mut ids = BTreeSet::new();
    for (path, methods) in document()["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}: its id is taken");
            assert!(operation["tags"][0].is_string(), "{place}");
            let responses = operation["responses"].as_object().unwrap();
            let content = |status: &str| responses[status]["content"].as_object();
            for status in responses.keys().filter(|status| *status != "default") {
                let bodiless = status == "204" || method == "head";
                assert_eq!(content(status).is_none(), bodiless, "{place} {status}");
            }
            let problem = content("default").map(|content| content["application/problem+json"]["schema"].clone());
            assert_eq!(problem.is_none(), method == "head", "{place}");
            assert!(problem.is_none_or(|schema| schema == reference("Problem")), "{place}");
        }
    }
    assert!(
        ids.contains("get_cache_keys") && ids.contains("head_cache_keys") && ids.contains("get_openapi"),
        "{ids:?}"
    );
}

#[test]
fn every_schema_is_used_and_every_reference_leads_to_one() {
    let document = document();
    let (mut named, mut defined) = (BTreeSet::new(), BTreeSet::new());
    each(&document, "", &mut |_, members| {
        if let Some(Value::String(target)) = members.get("$ref") {
            named.insert(target.strip_prefix("#/components/schemas/").unwrap().to_owned());
        }
    });
    defined.extend(document["components"]["schemas"].as_object().unwrap().keys().cloned());
    assert_eq!(named, defined);
}

#[test]
fn the_bodies_of_events_need_no_type() {
    let schemas = schemas::all();
    for name in
        ["Track", "Identify", "PageView", "ScreenView", "Group", "Alias", "NamedEvent", "LogLine", "TimedRequest"]
    {
        let schema = &schemas[name];
        assert!(schema["properties"].as_object().unwrap().len() > 5, "{name}");
        assert!(schema["properties"].get("type").is_none(), "{name}");
        let required = schema.get("required").map(ToString::to_string).unwrap_or_default();
        assert!(!required.contains("type") && !required.contains("operation"), "{name}: {required}");
    }
}
