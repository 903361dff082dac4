//! The part of JSON Schema that the host checks; the reference documentation lists it from here.

use crate::config::catalog::PluginFacts;
use crate::config::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Keywords with a rule, and what the host makes of each.
pub(in crate::config) const SUBSET: &[(&str, &str)] = &[
    ("type", "one type or a list of types, `null` included"),
    ("enum", "one of the listed values"),
    ("const", "exactly this value"),
    ("minimum", "number, inclusive"),
    ("maximum", "number, inclusive"),
    ("exclusiveMinimum", "number"),
    ("exclusiveMaximum", "number"),
    ("minLength", "characters of a string"),
    ("maxLength", "characters of a string"),
    ("format", "`duration` (\"250ms\") and `byte-size` (\"64KiB\"); other formats are left to the plugin"),
    ("items", "one schema for every element"),
    ("minItems", "elements of an array"),
    ("maxItems", "elements of an array"),
    ("uniqueItems", "no element twice"),
    ("properties", "an object with properties is closed: other keys are unknown keys"),
    ("required", "keys that must be there after defaults and variables"),
    ("additionalProperties", "`true` or a schema opens the object"),
    ("anyOf", "the alternative with the fewest faults is the one that is reported"),
    ("oneOf", "like `anyOf`"),
    ("allOf", "every one of them"),
    ("$ref", "within the same schema, `#/$defs/NAME`"),
];

/// Keywords without a rule.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$id",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
];

/// Keywords whose values are schemas by name, schemas in a list, or one schema.
const BY_NAME: &[&str] = &["properties", "$defs", "definitions"];
const IN_LIST: &[&str] = &["anyOf", "oneOf", "allOf"];
const ONE: &[&str] = &["items", "additionalProperties"];

/// Warns of keywords that the host doesn't check. The plugin still does, when it starts.
pub(super) fn check(plugin: &PluginFacts) -> Diagnostics {
    let mut found = Diagnostics::new();
    // A list instead of recursion: the schema is input, and its depth is the plugin's choice.
    let mut waiting = vec![&plugin.settings];
    while let Some(schema) = waiting.pop() {
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            let name = keyword.as_str();
            if BY_NAME.contains(&name) {
                waiting.extend(value.as_object().into_iter().flat_map(|map| map.values()));
            } else if IN_LIST.contains(&name) {
                waiting.extend(value.as_array().into_iter().flatten());
            } else if ONE.contains(&name) {
                waiting.push(value);
            }
            let known = SUBSET.iter().any(|(one, _)| *one == name) || ANNOTATIONS.contains(&name);
            if !known && !name.starts_with("x-") {
                let PluginFacts { name: plugin, file, .. } = plugin;
                found.push(
                    Diagnostic::warning(
                        codes::SCHEMA_UNSUPPORTED,
                        format!(
                            "the settings schema of plugin {plugin} uses `{keyword}`, which the host does not check"
                        ),
                    )
                    .note(format!("the plugin is {}", file.display()))
                    .docs("docs/reference/configuration.md#schema-subset"),
                );
            }
        }
    }
    found
}
