//! Turns the text of a variable or file into the type that a setting's schema asks for.
//!
//! Refusals name the type and never the text, which may be a secret.

use super::schema::Schema;
use crate::config::tree::{Node, Value};
use crate::diagnostic::Origin;

/// Converts `text`; a schema that takes strings gets it unchanged.
pub(super) fn text(schema: Schema<'_>, text: &str, origin: &Origin) -> Result<Value, &'static str> {
    let types = schema.types();
    if types.is_empty() || types.contains(&"string") {
        return Ok(Value::Text(text.to_owned()));
    }
    if types.contains(&"array") {
        let item = |part: &str| {
            let value = match schema.items() {
                Some(items) => scalar(&items.types(), part.trim())?,
                None => Value::Text(part.trim().to_owned()),
            };
            Ok(Node { origin: origin.clone(), value })
        };
        return text.split(',').map(item).collect::<Result<_, _>>().map(Value::List);
    }
    scalar(&types, text.trim())
}

fn scalar(types: &[&str], text: &str) -> Result<Value, &'static str> {
    if types.is_empty() || types.contains(&"string") {
        return Ok(Value::Text(text.to_owned()));
    }
    if types.contains(&"integer") {
        return text.parse().map(Value::Integer).map_err(|_| "must be a whole number");
    }
    if types.contains(&"number") {
        return text.parse().map(Value::Float).map_err(|_| "must be a number");
    }
    if types.contains(&"boolean") {
        return text.parse().map(Value::Flag).map_err(|_| "must be true or false");
    }
    Err("cannot be given as text, only as a table in the file")
}
