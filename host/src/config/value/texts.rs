//! A list of plain texts.

use serde_json::{Value as Json, json};

use super::super::tree::{Node, Value};
use super::{Fault, Setting};

/// Several texts, none of them empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) struct Texts(pub(in crate::config) Vec<String>);

impl Setting for Texts {
    const EXPECTS: &'static str = "an array of strings";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        let Value::List(list) = &node.value else {
            return Err(Fault::expected(Self::EXPECTS, node));
        };
        let read = |item: &Node| match &item.value {
            Value::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            _ => Err(Fault { at: Some(item.origin.clone()), ..Fault::expected("a string that is not empty", item) }),
        };
        list.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        Ok(Self(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()))
    }

    fn show(&self) -> String {
        format!("[{}]", self.0.iter().map(|text| Json::from(text.as_str()).to_string()).collect::<Vec<_>>().join(", "))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
    }
}
