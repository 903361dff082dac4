//! Gathers the attributes of one record: each name once, as OpenTelemetry demands, and nothing lost in silence.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::monitoring::Object;
use serde_json::Value;

use crate::wire::{Any, AnyList, AnyObject, AnyValue};

/// Most levels of lists and objects; what lies deeper is written as JSON text. Each level is three messages on the wire,
/// and readers such as C++'s and Rust's stop at 100.
const DEPTH_MAX: u8 = 16;

/// The attributes of one record.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) values: BTreeMap<String, AnyValue>,
    /// How many found no name.
    pub(crate) dropped: u32,
}

impl Attributes {
    /// Adds an attribute under a name of OpenTelemetry's or of this provider's.
    pub(crate) fn put(&mut self, name: &str, value: impl Into<AnyValue>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// Adds an attribute if there is a value.
    pub(crate) fn put_some(&mut self, name: &str, value: Option<impl Into<AnyValue>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Adds what the app named, after everything else was put. A name that is taken already gets the group's before it.
    pub(crate) fn give(&mut self, group: &str, name: &str, value: AnyValue) {
        let named =
            if name.is_empty() || self.values.contains_key(name) { format!("{group}.{name}") } else { name.to_owned() };
        if self.values.contains_key(&named) {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.values.insert(named, value);
    }

    /// Adds an object's members likewise.
    pub(crate) fn give_all(&mut self, group: &str, object: &Object) {
        for (name, value) in object {
            self.give(group, name, any(value, 0));
        }
    }
}

impl From<&str> for AnyValue {
    fn from(text: &str) -> Self {
        Self { value: Some(Any::Text(text.to_owned())) }
    }
}

impl From<&String> for AnyValue {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for AnyValue {
    fn from(text: String) -> Self {
        Self { value: Some(Any::Text(text)) }
    }
}

impl From<bool> for AnyValue {
    fn from(flag: bool) -> Self {
        Self { value: Some(Any::Flag(flag)) }
    }
}

impl From<i64> for AnyValue {
    fn from(number: i64) -> Self {
        Self { value: Some(Any::Whole(number)) }
    }
}

impl From<&[String]> for AnyValue {
    fn from(texts: &[String]) -> Self {
        let values = texts.iter().map(Self::from).collect();
        Self { value: Some(Any::List(AnyList { values })) }
    }
}

/// Returns what a JSON value is in OTLP. A whole number beyond 63 bits becomes the nearest double.
fn any(value: &Value, depth: u8) -> AnyValue {
    let value = match value {
        Value::Null => None,
        Value::Bool(flag) => Some(Any::Flag(*flag)),
        Value::Number(number) => number.as_i64().map(Any::Whole).or_else(|| number.as_f64().map(Any::Number)),
        Value::String(text) => Some(Any::Text(text.clone())),
        Value::Array(_) | Value::Object(_) if depth == DEPTH_MAX => Some(Any::Text(value.to_string())),
        Value::Array(list) => {
            let values = list.iter().map(|value| any(value, depth + 1)).collect();
            Some(Any::List(AnyList { values }))
        }
        Value::Object(members) => {
            let values = members.iter().map(|(name, value)| (name.clone(), any(value, depth + 1))).collect();
            Some(Any::Object(AnyObject { values }))
        }
    };
    AnyValue { value }
}

#[cfg(test)]
mod tests;
