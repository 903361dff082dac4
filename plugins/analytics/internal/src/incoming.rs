//! An event as this provider reads it: objects stay the text they are, because text is what the file keeps.
//!
//! The host's JSON is compact and has no member twice; building a tree of it to write it again took two thirds of the
//! caller's time.

use outrigger_plugin_api::{
    manifest::Kind,
    sdk::{
        analytics::{Object, sort},
        sink::Body,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Deepest nesting of an object that is taken: what common readers of JSON bear. SQLite's own functions go to 1000.
const LEVELS_MAX: usize = 127;

/// One record's body: the members of every sort.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Incoming {
    pub(crate) r#type: Sort,
    pub(crate) event: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) previous_id: Option<String>,
    properties: Option<Box<RawValue>>,
    traits: Option<Box<RawValue>>,
    context: Option<Box<RawValue>>,
    pub(crate) user_id: Option<String>,
    pub(crate) anonymous_id: Option<String>,
    pub(crate) timestamp_ms: Option<u64>,
    pub(crate) message_id: Option<String>,
    pub(crate) session_id: Option<String>,
}

/// Which of Segment's calls it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
}

impl Body for Incoming {
    const KIND: Kind = Kind::Analytics;

    fn sort(&self) -> u16 {
        match self.r#type {
            Sort::Track => sort::TRACK,
            Sort::Identify => sort::IDENTIFY,
            Sort::Page => sort::PAGE,
            Sort::Screen => sort::SCREEN,
            Sort::Group => sort::GROUP,
            Sort::Alias => sort::ALIAS,
        }
    }
}

impl Incoming {
    /// Takes the properties as text; `None` where there are none.
    ///
    /// # Errors
    /// Where they are no object. So with the others.
    pub(crate) fn take_properties(&mut self) -> Result<Option<String>, String> {
        object("properties", self.properties.take())
    }

    /// Takes the traits as text.
    pub(crate) fn take_traits(&mut self) -> Result<Option<String>, String> {
        object("traits", self.traits.take())
    }

    /// Takes the circumstances as text.
    pub(crate) fn take_context(&mut self) -> Result<Option<String>, String> {
        object("context", self.context.take())
    }
}

/// Reads an object for its members.
pub(crate) fn members(text: Option<&str>) -> Result<Object, String> {
    let Some(text) = text else { return Ok(Object::new()) };
    serde_json::from_str(text).map_err(|error| format!("an object can't be read: {error}"))
}

/// Returns the text of an object; an empty one takes no space.
fn object(member: &str, value: Option<Box<RawValue>>) -> Result<Option<String>, String> {
    let Some(value) = value else { return Ok(None) };
    match value.get().strip_prefix('{').map(str::trim_start) {
        Some("}") => Ok(None),
        Some(_) if is_deep(value.get()) => Err(format!("{member} is nested deeper than {LEVELS_MAX} levels")),
        Some(_) => Ok(Some(Box::<str>::from(value).into_string())),
        None => Err(format!("{member} is not an object")),
    }
}

/// Tells whether a JSON text has more than [`LEVELS_MAX`] levels.
fn is_deep(json: &str) -> bool {
    let (mut levels, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => levels += 1,
            b'}' | b']' if !in_text => levels = levels.saturating_sub(1),
            _ => {}
        }
        if levels > LEVELS_MAX {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
