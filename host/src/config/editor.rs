//! A JSON Schema of `plugins.toml` for editors: completion, descriptions and red underlines while typing.

use serde_json::{Map, Value as Json, json};

use super::catalog::PluginFacts;
use super::key::Described;
use super::section;

/// How deep plugin schemas are rewritten; deeper parts are dropped, which an editor takes as "anything".
const DEPTH_MAX: usize = 64;

/// Returns the schema, with the settings of the given plugins.
///
/// A provider named in the usual way gets its plugin's settings; one with a `plugin` key accepts any of them.
#[must_use]
pub fn schema(plugins: &[PluginFacts]) -> Json {
    let mut properties = Map::new();
    for key in section::ALL.iter().flat_map(|section| section.keys) {
        insert(&mut properties, key.path(), *key);
    }
    let mut defs = Map::new();
    defs.insert("reference".to_owned(), reference());
    let mut by_name = Map::new();
    for plugin in plugins {
        defs.insert(plugin.name.clone(), rebase(&plugin.settings, &plugin.name, 0));
        let names = plugin.kinds.iter().filter_map(|kind| plugin.name.strip_prefix(kind.as_str())?.strip_prefix('_'));
        for name in names {
            by_name.insert(name.to_owned(), block(&json!({ "$ref": format!("#/$defs/{}", plugin.name) })));
        }
    }
    let any = match plugins {
        [] => json!({ "type": "object" }),
        _ => {
            json!({ "anyOf": plugins.iter().map(|plugin| json!({ "$ref": format!("#/$defs/{}", plugin.name) })).collect::<Vec<_>>() })
        }
    };
    properties.insert(
        "providers".to_owned(),
        json!({
            "type": "object",
            "description": section::provider::SECTION.about,
            "properties": by_name,
            "additionalProperties": block(&any),
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Outrigger plugins.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": defs,
    })
}

fn reference() -> Json {
    json!({
        "description": "Where the value is taken from.",
        "oneOf": [
            { "type": "object", "properties": { "env": { "type": "string" } }, "required": ["env"],
              "additionalProperties": false },
            { "type": "object", "properties": { "file": { "type": "string" } }, "required": ["file"],
              "additionalProperties": false },
        ],
    })
}

/// Describes one `[providers.NAME]` block.
fn block(settings: &Json) -> Json {
    let mut properties = Map::new();
    for key in section::provider::SECTION.keys {
        insert(&mut properties, key.path(), *key);
    }
    properties.insert(section::provider::SETTINGS.to_owned(), settings.clone());
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Puts a key at its dotted path, making the tables on the way.
fn insert(properties: &mut Map<String, Json>, path: &str, key: &(dyn Described + Sync)) {
    let Some((first, rest)) = path.split_once('.') else {
        properties.insert(path.to_owned(), key.schema());
        return;
    };
    let table = properties
        .entry(first)
        .or_insert_with(|| json!({ "type": "object", "properties": {}, "additionalProperties": false }));
    if let Some(inner) = table.get_mut("properties").and_then(Json::as_object_mut) {
        insert(inner, rest, key);
    }
}

/// Moves a plugin's schema below `#/$defs/NAME`: local references follow, every property also takes a reference,
/// and nothing is required, because variables may fill it.
fn rebase(schema: &Json, name: &str, depth: usize) -> Json {
    if depth > DEPTH_MAX {
        return Json::Bool(true);
    }
    let rebase = |value: &Json| rebase(value, name, depth + 1);
    match schema {
        Json::Object(map) => Json::Object(
            map.iter()
                .filter(|(keyword, _)| !matches!(keyword.as_str(), "$schema" | "required"))
                .map(|(keyword, value)| {
                    let value = match (keyword.as_str(), value) {
                        ("$ref", Json::String(target)) if target.starts_with('#') => {
                            Json::from(format!("#/$defs/{name}{}", target.trim_start_matches('#')))
                        }
                        ("properties", Json::Object(properties)) => Json::Object(
                            properties.iter().map(|(key, value)| (key.clone(), or_reference(&rebase(value)))).collect(),
                        ),
                        ("enum" | "const" | "default" | "examples", value) => value.clone(),
                        (_, value) => rebase(value),
                    };
                    (keyword.clone(), value)
                })
                .collect(),
        ),
        Json::Array(list) => Json::Array(list.iter().map(rebase).collect()),
        other => other.clone(),
    }
}

fn or_reference(schema: &Json) -> Json {
    json!({
        "anyOf": [schema, { "$ref": "#/$defs/reference" }],
        "description": schema.get("description").cloned().unwrap_or_else(|| Json::from("")),
    })
}
