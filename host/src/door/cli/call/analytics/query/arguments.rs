//! Reads which events a question is about from the command line.

use std::{convert::Infallible, str::FromStr};

use clap::Args;
use outrigger_plugin_api::sdk::analytics::query::EventType;
use serde_json::{Map, Value, json};

use crate::door::cli::{Exit, arguments::OutputArguments};

/// The heading of the options every question has.
pub(super) const WHO: &str = "Which events, and who is asked";

/// Which events, and who is asked.
#[derive(Debug, Args)]
pub struct FilterArguments {
    /// From then on: RFC 3339, or how long ago, such as 7d
    #[arg(long, value_name = "TIME", help_heading = WHO)]
    from: Option<String>,
    /// Before then: as --from
    #[arg(long, value_name = "TIME", help_heading = WHO)]
    to: Option<String>,
    /// Events of this kind, NAME, TYPE:NAME or TYPE:, such as page:Home; may be repeated [default: all]
    #[arg(long = "event", value_name = "EVENT", help_heading = WHO)]
    events: Vec<EventArgument>,
    /// What a property must be: NAME=VALUE, NAME='["a","b"]' (one of), NAME>5, NAME>=5, NAME<5, NAME<=5, NAME (there),
    /// !NAME (not there); may be repeated
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true, help_heading = WHO)]
    conditions: Vec<String>,
    /// Which provider to ask [default: the first that answers questions]
    #[arg(long, help_heading = WHO)]
    provider: Option<String>,
}

impl FilterArguments {
    /// Adds the filter and the provider to a question.
    pub(super) fn add_to(&self, question: &mut Value, output: OutputArguments) -> Result<(), Exit> {
        let conditions = self.conditions.iter().map(|text| {
            condition(text).ok_or_else(|| {
                let help = "write NAME=VALUE, NAME>5, NAME>=5, NAME<5, NAME<=5, NAME or !NAME";
                output.error("cli.condition", &format!("`{text}` is no condition"), Some(help));
                Exit::Failed
            })
        });
        let mut filter = Map::new();
        filter.insert("where".to_owned(), conditions.collect::<Result<Vec<_>, _>>()?.into());
        filter.insert("events".to_owned(), self.events.iter().map(EventArgument::selector).collect());
        for (name, time) in [("from", &self.from), ("to", &self.to)] {
            if let Some(time) = time {
                filter.insert(name.to_owned(), time.as_str().into());
            }
        }
        if let Some(question) = question.as_object_mut() {
            question.insert("filter".to_owned(), filter.into());
            question.insert("provider".to_owned(), self.provider.clone().into());
        }
        Ok(())
    }
}

/// A kind of event: `NAME`, `TYPE:NAME` or `TYPE:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventArgument {
    sort: Option<EventType>,
    name: Option<String>,
}

impl FromStr for EventArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let typed = text.split_once(':').and_then(|(sort, name)| {
            // What stands before a colon and is no type belongs to the name.
            let sort = EventType::ALL.into_iter().find(|each| each.as_str() == sort)?;
            Some(Self { sort: Some(sort), name: (!name.is_empty()).then(|| name.to_owned()) })
        });
        Ok(typed.unwrap_or_else(|| Self { sort: None, name: Some(text.to_owned()) }))
    }
}

impl EventArgument {
    /// Returns the model's selector.
    pub(super) fn selector(&self) -> Value {
        let mut selector = Map::new();
        if let Some(sort) = self.sort {
            selector.insert("type".to_owned(), sort.as_str().into());
        }
        if let Some(name) = &self.name {
            selector.insert("name".to_owned(), name.as_str().into());
        }
        selector.into()
    }
}

/// Reads a condition. A value that is JSON is taken as such, else as text.
fn condition(text: &str) -> Option<Value> {
    let Some(at) = text.find(['=', '<', '>']) else {
        let (is, property) = text.strip_prefix('!').map_or(("present", text), |property| ("absent", property));
        return (!property.is_empty()).then(|| json!({ "is": is, "property": property }));
    };
    let (property, rest) = text.split_at_checked(at).filter(|(property, _)| !property.is_empty())?;
    let compared = [(">=", "at_least"), ("<=", "at_most"), (">", "more_than"), ("<", "less_than")];
    if let Some((value, is)) = compared.iter().find_map(|(sign, is)| Some((rest.strip_prefix(sign)?, is))) {
        let number: serde_json::Number = value.parse().ok()?;
        return Some(json!({ "is": is, "property": property, "value": number }));
    }
    let value = rest.strip_prefix('=')?;
    Some(match serde_json::from_str(value) {
        Ok(Value::Array(values)) => json!({ "is": "one_of", "property": property, "values": values }),
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::String(_))) => {
            json!({ "is": "equals", "property": property, "value": value })
        }
        _ => json!({ "is": "equals", "property": property, "value": value }),
    })
}

/// Returns the text percent-encoded as one step of a path, or as a value of a query (RFC 3986 §2.3).
pub(super) fn encode(text: &str) -> String {
    let encoded = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.as_bytes().iter().map(encoded).collect()
}

#[cfg(test)]
mod tests;
