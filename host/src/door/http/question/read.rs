//! Reads a question: the model's, with times also as people write them.
//!
//! `filter.from` and `filter.to` are RFC 3339 or how long ago, `window` is a duration; the model has them in milliseconds.

use outrigger_plugin_api::{sdk::analytics::query::Question, units};
use serde_json::{Map, Value};

use crate::door::http::{Problem, delivery, fault::Fault, input};

/// A question as it goes to the provider.
pub(super) struct Asked {
    /// Who is asked; the first that answers where nobody is named.
    pub(super) provider: Option<String>,
    /// The question.
    pub(super) question: Value,
    /// Pointers of members that the client named otherwise, with the client's.
    renamed: Vec<(String, String)>,
}

impl Asked {
    /// Returns the fault with its place in the client's words.
    pub(super) fn told(&self, fault: Fault) -> Fault {
        let given = self.renamed.iter().find(|(name, _)| *name == fault.pointer).map(|(_, given)| given.clone());
        Fault { pointer: given.unwrap_or(fault.pointer), ..fault }
    }

    fn faulty(&self, faults: Vec<Fault>) -> Problem {
        Problem::faulty(faults.into_iter().map(|fault| self.told(fault)).collect())
    }
}

/// Reads a body, and checks it where this version knows the question. A later version's goes to the provider as it is.
pub(super) fn question(mut body: Map<String, Value>) -> Result<Asked, Problem> {
    let provider = match body.remove("provider") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Problem::faulty(vec![Fault::of("provider", "must be the name of a provider, or null")])),
    };
    let Some(Value::String(name)) = body.get("query") else {
        let known = Question::NAMES.map(|name| format!("`{name}`")).join(", ");
        return Err(Problem::faulty(vec![Fault::of("query", format!("must be one of {known}"))]));
    };
    let known = Question::NAMES.contains(&name.as_str());
    let mut renamed = Vec::new();
    if let Some(Value::Object(filter)) = body.get_mut("filter") {
        for (given, name) in [("from", "from_ms"), ("to", "to_ms")] {
            rename(filter, ("/filter", given, name), &mut renamed, time)?;
        }
    }
    rename(&mut body, ("", "window", "window_ms"), &mut renamed, duration)?;
    let asked = Asked { provider, question: Value::Object(body), renamed };
    if known {
        let question: Question = input::model(&asked.question).map_err(|faults| asked.faulty(faults))?;
        let faults: Vec<_> =
            question.check().into_iter().map(|fault| Fault { pointer: fault.pointer, detail: fault.detail }).collect();
        if !faults.is_empty() {
            return Err(asked.faulty(faults));
        }
    }
    Ok(asked)
}

/// Turns the member `given` of the object at `at` into the model's `name`.
fn rename(
    object: &mut Map<String, Value>,
    (at, given, name): (&str, &str, &str),
    renamed: &mut Vec<(String, String)>,
    read: impl Fn(&str) -> Result<u64, String>,
) -> Result<(), Problem> {
    let Some(value) = object.remove(given) else { return Ok(()) };
    let pointer = format!("{at}/{given}");
    let text = value.as_str().ok_or_else(|| format!("must be text; in milliseconds it is `{name}`"));
    let taken = object.contains_key(name).then(|| Err(format!("is given twice, also as `{name}`")));
    let ms = taken.unwrap_or_else(|| text.and_then(&read));
    let ms = ms.map_err(|detail| Problem::faulty(vec![Fault { pointer: pointer.clone(), detail }]))?;
    object.insert(name.to_owned(), ms.into());
    renamed.push((format!("{at}/{name}"), pointer));
    Ok(())
}

/// Reads a moment, as replays do.
pub(super) fn time(text: &str) -> Result<u64, String> {
    delivery::moment(text)
}

fn duration(text: &str) -> Result<u64, String> {
    let duration = units::parse_duration(text).map_err(|error| format!("is no duration such as 7d: {error}"))?;
    Ok(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// Adds to the schema of questions what this door takes beside the model.
pub(in crate::door::http) fn schema([question, filter]: &mut [Value; 2]) {
    let text = |about: &str| serde_json::json!({ "type": "string", "description": about });
    let add = |schema: &mut Value, name: &str, member: Value| {
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert(name.to_owned(), member);
        }
    };
    for (name, of) in [("from", "from_ms"), ("to", "to_ms")] {
        add(filter, name, text(&format!("Instead of `{of}`: RFC 3339, or how long ago, such as 7d.")));
    }
    let variants = question.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
    for variant in variants {
        add(variant, "provider", text("Who is asked; absent = the first that answers."));
        if variant.pointer("/properties/window_ms").is_some() {
            add(variant, "window", text("Instead of `window_ms`: a duration such as 7d."));
            if let Some(Value::Array(required)) = variant.get_mut("required") {
                required.retain(|name| name != "window_ms");
            }
        }
    }
}
