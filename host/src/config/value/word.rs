//! Names of providers and plugins, and words out of a fixed list.

use serde_json::{Value as Json, json};

use super::super::codes;
use super::super::tree::{Node, Value};
use super::{Fault, Setting};
use crate::diagnostic::Origin;

/// Longest name. Names become file names, metric labels and log fields; 64 fits them all.
const NAME_BYTES_MAX: usize = 64;

/// The name of a provider or plugin: reaches paths and labels, therefore lower-case letters, digits, `_`, `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) struct Name(pub(in crate::config) String);

impl Setting for Name {
    const EXPECTS: &'static str = "a name of lower-case letters, digits, `_` and `-`";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match &node.value {
            Value::Text(text) => Self::from_text(text),
            _ => Err(Fault::expected(Self::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if text.is_empty() {
            return Err(Fault::new("names no provider: it is empty"));
        }
        if text.len() > NAME_BYTES_MAX || !text.bytes().all(fits) {
            return Err(Fault::new(format!("must be {}, at most {NAME_BYTES_MAX}, not `{text}`", Self::EXPECTS)));
        }
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[a-z0-9_-]{1,64}$" })
    }
}

/// Several names, each with its own place if it was written in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) struct Names(pub(in crate::config) Vec<(Name, Option<Origin>)>);

impl Setting for Names {
    const EXPECTS: &'static str = "an array of names";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        let Value::List(list) = &node.value else {
            return Err(Fault::expected(Self::EXPECTS, node));
        };
        let read = |item: &Node| match Name::from_node(item) {
            Ok(name) => Ok((name, Some(item.origin.clone()))),
            Err(fault) => Err(Fault { at: Some(item.origin.clone()), ..fault }),
        };
        list.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        text.split(',').map(|name| Ok((Name::from_text(name)?, None))).collect::<Result<_, _>>().map(Self)
    }

    fn show(&self) -> String {
        format!("[{}]", self.0.iter().map(|(name, _)| name.show()).collect::<Vec<_>>().join(", "))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": Name::schema(), "uniqueItems": true })
    }
}

/// An enum whose values are words. Every such enum is a [`Setting`].
pub(in crate::config) trait Words: Sized + Clone + PartialEq + 'static {
    const ALL: &'static [(&'static str, Self)];
}

impl<T: Words> Setting for T {
    const EXPECTS: &'static str = "one of a few words";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match &node.value {
            Value::Text(text) => Self::from_text(text),
            _ => Err(Fault { valid: names::<T>(), ..Fault::expected("a string", node) }),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        match T::ALL.iter().find(|(name, _)| *name == text) {
            Some((_, value)) => Ok(value.clone()),
            None => Err(Fault {
                code: codes::VALUE_INVALID,
                why: format!("cannot be `{text}`"),
                at: None,
                valid: names::<T>(),
            }),
        }
    }

    fn show(&self) -> String {
        let name = T::ALL.iter().find(|(_, value)| value == self).map_or("?", |(name, _)| name);
        format!("\"{name}\"")
    }

    fn schema() -> Json {
        json!({ "enum": names::<T>() })
    }
}

fn names<T: Words>() -> Vec<&'static str> {
    T::ALL.iter().map(|(name, _)| *name).collect()
}
