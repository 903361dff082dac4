//! The rules about a single value: type, words, bounds, length, format. Pure.
//!
//! Refusals are the end of a sentence that begins with the setting's path, and show a secret by its type only.

use outrigger_plugin_api::units::{parse_bytes, parse_duration};
use serde_json::Value as Json;

use super::schema::Schema;
use crate::config::tree::{Node, Value};

/// Checks everything about `node` that doesn't concern its children.
pub(super) fn check(schema: Schema<'_>, node: &Node, secret: bool) -> Result<(), String> {
    check_type(schema, node)?;
    let json = node.to_json();
    if let Some(words) = schema.keyword("enum").and_then(Json::as_array) {
        let words: Vec<&Json> = words.iter().collect();
        if !words.contains(&&json) {
            return Err(one_of(&words, node, secret));
        }
    }
    if let Some(word) = schema.keyword("const").filter(|word| **word != json) {
        return Err(one_of(&[word], node, secret));
    }
    match &node.value {
        Value::Integer(number) => check_number(schema, *number as f64),
        Value::Float(number) => check_number(schema, *number),
        Value::Text(text) => check_text(schema, text, secret),
        Value::List(list) => check_list(schema, list),
        Value::Flag(_) | Value::Datetime(_) | Value::Table(_) => Ok(()),
    }
}

fn check_type(schema: Schema<'_>, node: &Node) -> Result<(), String> {
    let types = schema.types();
    let fits = |name: &&str| match node.value {
        Value::Text(_) | Value::Datetime(_) => *name == "string",
        Value::Integer(_) => matches!(*name, "integer" | "number"),
        Value::Float(number) => *name == "number" && number.is_finite(),
        Value::Flag(_) => *name == "boolean",
        Value::List(_) => *name == "array",
        Value::Table(_) => *name == "object",
    };
    if types.is_empty() || types.iter().any(fits) {
        return Ok(());
    }
    let unit = match (&node.value, schema.keyword("format").and_then(Json::as_str)) {
        (Value::Integer(number), Some("duration")) => parse_duration(&number.to_string()).err(),
        (Value::Integer(number), Some("byte-size")) => parse_bytes(&number.to_string()).err(),
        _ => None,
    };
    if let Some(error) = unit {
        return Err(format!("is wrong: {error}"));
    }
    let mut names: Vec<&str> = types.iter().filter(|name| **name != "null").copied().collect();
    names.dedup();
    let reference = match node.value {
        Value::Table(_) if !names.contains(&"object") => {
            " (a reference is `{ env = \"NAME\" }` or `{ file = \"path\" }`)"
        }
        _ => "",
    };
    Err(format!("must be {}, not {}{reference}", names.join(" or "), node.kind()))
}

fn check_number(schema: Schema<'_>, number: f64) -> Result<(), String> {
    let bound = |keyword| schema.keyword(keyword).and_then(Json::as_f64);
    let broken = [
        ("minimum", "at least"),
        ("exclusiveMinimum", "more than"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "less than"),
    ]
    .into_iter()
    .find_map(|(keyword, words)| {
        let limit = bound(keyword)?;
        let holds = match keyword {
            "minimum" => number >= limit,
            "exclusiveMinimum" => number > limit,
            "maximum" => number <= limit,
            _ => number < limit,
        };
        (!holds).then(|| format!("must be {words} {limit}"))
    });
    broken.map_or(Ok(()), Err)
}

fn check_text(schema: Schema<'_>, text: &str, secret: bool) -> Result<(), String> {
    let bound = |keyword| schema.keyword(keyword).and_then(Json::as_u64);
    let length = text.chars().count() as u64;
    if let Some(least) = bound("minLength").filter(|least| length < *least) {
        return Err(match length {
            0 => "is empty".to_owned(),
            _ => format!("must have at least {least} characters"),
        });
    }
    if let Some(most) = bound("maxLength").filter(|most| length > *most) {
        return Err(format!("must have at most {most} characters"));
    }
    let (error, what) = match schema.keyword("format").and_then(Json::as_str) {
        Some("duration") => (parse_duration(text).err(), "a duration such as \"250ms\""),
        Some("byte-size") => (parse_bytes(text).err(), "a size such as \"64KiB\""),
        _ => (None, ""),
    };
    match error {
        Some(_) if secret => Err(format!("must be {what}")),
        Some(error) => Err(format!("is wrong: {error}")),
        None => Ok(()),
    }
}

fn check_list(schema: Schema<'_>, list: &[Node]) -> Result<(), String> {
    let bound = |keyword| schema.keyword(keyword).and_then(Json::as_u64);
    let length = list.len() as u64;
    if let Some(least) = bound("minItems").filter(|least| length < *least) {
        return Err(format!("must have at least {least} elements, not {length}"));
    }
    if let Some(most) = bound("maxItems").filter(|most| length > *most) {
        return Err(format!("must have at most {most} elements, not {length}"));
    }
    let unique = schema.keyword("uniqueItems").and_then(Json::as_bool).unwrap_or(false);
    let values: Vec<Json> = list.iter().map(Node::to_json).collect();
    let twice = values.iter().enumerate().find(|(at, value)| values.iter().take(*at).any(|before| before == *value));
    match twice.filter(|_| unique) {
        Some((at, _)) => Err(format!("has the same element twice, at position {}", at + 1)),
        None => Ok(()),
    }
}

/// Returns the words if every alternative is a constant or an enumeration, as `schemars` writes plain enums.
pub(super) fn words(alternatives: &[Json]) -> Option<Vec<&Json>> {
    let mut words = Vec::new();
    for alternative in alternatives {
        match (alternative.get("const"), alternative.get("enum").and_then(Json::as_array)) {
            (Some(word), _) => words.push(word),
            (None, Some(several)) => words.extend(several),
            (None, None) if alternative.get("type").and_then(Json::as_str) == Some("null") => words.push(&Json::Null),
            (None, None) => return None,
        }
    }
    Some(words)
}

/// Says which words are accepted, and the nearest one.
pub(super) fn one_of(words: &[&Json], node: &Node, secret: bool) -> String {
    let valid: Vec<String> = words.iter().filter(|word| !word.is_null()).map(|word| word.to_string()).collect();
    let valid = valid.join(", ");
    let Value::Text(text) = &node.value else {
        return format!("must be one of {valid}, not {}", node.kind());
    };
    if secret {
        return format!("must be one of {valid}");
    }
    match crate::config::unknown::nearest(text, words.iter().filter_map(|word| word.as_str())) {
        Some(near) => format!("must be one of {valid}, not \"{text}\"; did you mean \"{near}\"?"),
        None => format!("must be one of {valid}, not \"{text}\""),
    }
}
