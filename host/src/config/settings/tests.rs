//! A table of values against schemas.

use serde_json::{Value as Json, json};

use super::*;
use crate::config::tree;
use crate::config::{Kind, codes};

/// Checks `settings.x = VALUE` and returns the codes found.
fn check(schema: Json, value: &str) -> Vec<&'static str> {
    let plugin = PluginFacts {
        name: "cache_x".to_owned(),
        version: "1.0.0".to_owned(),
        kinds: vec![Kind::Cache],
        settings: json!({ "type": "object", "properties": { "x": schema } }),
        file: "x.so".into(),
    };
    let provider = Selected { name: "x".to_owned(), kind: Kind::Cache, by: Origin::Default };
    let environment = Environment::default();
    let request = Request { provider: &provider, plugin: &plugin, base: Path::new(""), environment: &environment };
    let written = tree::parse_value(&format!("{{ x = {value} }}"), &Origin::Default);
    let mut found = Diagnostics::new();
    let resolved = resolve(&request, Some(&written), &mut Vec::new(), &mut found);
    if found.is_empty() {
        assert_eq!(resolved.json, written.to_json());
    }
    found.iter().map(|one| one.code).collect()
}

#[test]
fn each_keyword_accepts_and_refuses() {
    for (schema, right, wrong) in [
        (json!({ "type": "string" }), "\"a\"", "1"),
        (json!({ "type": "integer" }), "1", "1.5"),
        (json!({ "type": "integer" }), "-1", "99999999999999999999"),
        (json!({ "type": "number" }), "1", "\"1\""),
        (json!({ "type": "number" }), "1.5", "nan"),
        (json!({ "type": "boolean" }), "true", "\"true\""),
        (json!({ "type": ["string", "null"] }), "\"a\"", "1"),
        (json!({ "type": "object" }), "{ a = 1 }", "[]"),
        (json!({ "enum": ["a", "b"] }), "\"b\"", "\"c\""),
        (json!({ "const": 3 }), "3", "4"),
        (json!({ "minimum": 2 }), "2", "1"),
        (json!({ "maximum": 2 }), "2", "3"),
        (json!({ "exclusiveMinimum": 2 }), "2.5", "2"),
        (json!({ "exclusiveMaximum": 2 }), "1", "2"),
        (json!({ "minLength": 2 }), "\"äö\"", "\"ä\""),
        (json!({ "maxLength": 2 }), "\"äö\"", "\"äöü\""),
        (json!({ "type": "string", "format": "duration" }), "\"5s\"", "\"5\""),
        (json!({ "type": "string", "format": "byte-size" }), "\"5KiB\"", "\"5KB\""),
        (json!({ "type": "array", "items": { "type": "integer" } }), "[1, 2]", "[1, \"a\"]"),
        (json!({ "minItems": 1 }), "[1]", "[]"),
        (json!({ "maxItems": 1 }), "[1]", "[1, 2]"),
        (json!({ "uniqueItems": true }), "[1, 2]", "[1, 1]"),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }), "1", "true"),
        (json!({ "oneOf": [{ "const": "a" }, { "const": "b" }] }), "\"a\"", "\"c\""),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }), "\"a\"", "1"),
        (json!({ "allOf": [{ "minimum": 2 }, { "maximum": 3 }] }), "2", "4"),
        (json!({ "additionalProperties": { "type": "integer" } }), "{ k = 1 }", "{ k = \"a\" }"),
    ] {
        assert_eq!(check(schema.clone(), right), [""; 0], "{schema} {right}");
        assert_eq!(check(schema.clone(), wrong), [codes::SETTING_INVALID], "{schema} {wrong}");
    }
}

#[test]
fn objects_with_properties_are_closed_unless_they_say_otherwise() {
    let closed = json!({ "properties": { "a": {} } });
    assert_eq!(check(closed, "{ b = 1 }"), [codes::UNKNOWN_KEY]);
    let open = json!({ "properties": { "a": {} }, "additionalProperties": true });
    assert_eq!(check(open, "{ b = 1 }"), [""; 0]);
    let required = json!({ "properties": { "a": {} }, "required": ["a"] });
    assert_eq!(check(required, "{}"), [codes::SETTING_MISSING]);
}
