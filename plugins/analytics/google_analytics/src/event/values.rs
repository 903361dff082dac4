//! Google's rules for parameters and user properties.
//!
//! Source: developers.google.com, "Measurement Protocol", limitations, read 2026-11-22.

use outrigger_plugin_api::sdk::analytics::Object;
use serde_json::{Map, Value, json};

use super::Left;
use crate::names;

/// Most parameters of an event; two of them are ours, session and engagement.
const PARAMETERS_MAX: usize = 25 - 2;
/// Longest value of a parameter, in characters.
const VALUE_CHARS_MAX: usize = 100;
/// Longest address of a page: the one parameter with a bound of its own.
const LOCATION_CHARS_MAX: usize = 1000;
/// Most user properties of a request.
const PROPERTIES_MAX: usize = 25;
/// Longest value of a user property, in characters.
const PROPERTY_CHARS_MAX: usize = 36;

/// One part, or why it is not what was given.
enum Part {
    Whole(String, Value),
    /// The value was too long.
    Cut(String, Value, String),
    Dropped(String),
}

/// Returns an event's parameters.
///
/// # Errors
/// With `strict`, what could not be sent as it is.
pub(super) fn parameters(given: &Object, strict: bool, left: &mut Left) -> Result<Map<String, Value>, String> {
    let convert = |(name, value): (&String, &Value)| match names::parameter(name) {
        Err(why) => Part::Dropped(why),
        // The one list of objects that Google knows: what was bought.
        Ok(name) if name == "items" && value.is_array() => Part::Whole(name, value.clone()),
        Ok(name) => {
            let chars_max = if name == "page_location" { LOCATION_CHARS_MAX } else { VALUE_CHARS_MAX };
            part(name, value, chars_max)
        }
    };
    checked(present(given).map(convert), PARAMETERS_MAX, strict, left)
}

/// Returns user properties, each in the object that Google wants around it.
///
/// # Errors
/// As for parameters.
pub(super) fn properties(given: &Object, strict: bool, left: &mut Left) -> Result<Map<String, Value>, String> {
    let wrap = |value: Value| json!({ "value": value });
    let convert = |(name, value): (&String, &Value)| match names::property(name) {
        Err(why) => Part::Dropped(why),
        Ok(name) => match part(name, value, PROPERTY_CHARS_MAX) {
            Part::Whole(name, value) => Part::Whole(name, wrap(value)),
            Part::Cut(name, value, why) => Part::Cut(name, wrap(value), why),
            dropped => dropped,
        },
    };
    checked(present(given).map(convert), PROPERTIES_MAX, strict, left)
}

/// Google takes no null, and nothing is lost by leaving one out.
fn present(given: &Object) -> impl Iterator<Item = (&String, &Value)> {
    given.iter().filter(|(_, value)| !value.is_null())
}

/// Values are texts and numbers.
fn part(name: String, value: &Value, chars_max: usize) -> Part {
    match value {
        Value::Number(_) => Part::Whole(name, value.clone()),
        Value::Bool(flag) => Part::Whole(name, json!(flag.to_string())),
        Value::String(text) => match text.chars().count() {
            length if length <= chars_max => Part::Whole(name, value.clone()),
            length => {
                let why = format!("the value of `{name}` has {length} characters; Google Analytics keeps {chars_max}");
                Part::Cut(name, json!(text.chars().take(chars_max).collect::<String>()), why)
            }
        },
        _ => Part::Dropped(format!("`{name}` is a list or object, which Google Analytics does not take")),
    }
}

/// Returns the parts to send, counting the others.
fn checked(
    parts: impl Iterator<Item = Part>,
    parts_max: usize,
    strict: bool,
    left: &mut Left,
) -> Result<Map<String, Value>, String> {
    let mut kept = Map::new();
    for part in parts {
        let part = match part {
            Part::Whole(name, _) | Part::Cut(name, ..) if kept.len() >= parts_max => {
                Part::Dropped(format!("`{name}` is one too many: Google Analytics has room for {parts_max}"))
            }
            part => part,
        };
        match part {
            Part::Whole(name, value) => drop(kept.insert(name, value)),
            Part::Cut(_, _, why) | Part::Dropped(why) if strict => return Err(why),
            Part::Cut(name, value, _) => {
                left.cut += 1;
                kept.insert(name, value);
            }
            Part::Dropped(_) => left.dropped += 1,
        }
    }
    Ok(kept)
}
