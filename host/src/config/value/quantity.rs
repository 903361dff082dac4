//! Durations and sizes: text with a unit, in files and variables alike.

use outrigger_plugin_api::units::{ByteCount, HumanDuration, UnitError};
use serde_json::{Value as Json, json};

use super::super::codes;
use super::super::tree::{Node, Value};
use super::{Fault, Setting};

fn refuse(error: &UnitError) -> Fault {
    let code = match error {
        UnitError::UnitMissing { .. } => codes::UNIT_MISSING,
        _ => codes::VALUE_INVALID,
    };
    // "timeout: `30` has no unit" and "timeout: is too large" both read as one sentence after the key.
    Fault { code, ..Fault::new(format!("is wrong: {error}")) }
}

macro_rules! quantity {
    ($type:ident, $expects:literal, $format:literal, $example:literal) => {
        impl Setting for $type {
            const EXPECTS: &'static str = $expects;

            fn from_node(node: &Node) -> Result<Self, Fault> {
                match &node.value {
                    Value::Text(text) => Self::from_text(text),
                    // A bare number is the one mistake everybody makes, so it gets its own words.
                    Value::Integer(number) => Err(match number.to_string().parse::<Self>() {
                        Err(error) => refuse(&error),
                        Ok(_) => Fault::expected(Self::EXPECTS, node),
                    }),
                    _ => Err(Fault::expected(Self::EXPECTS, node)),
                }
            }

            fn from_text(text: &str) -> Result<Self, Fault> {
                text.parse().map_err(|error| refuse(&error))
            }

            fn show(&self) -> String {
                format!("\"{self}\"")
            }

            fn schema() -> Json {
                json!({ "type": "string", "format": $format, "examples": [$example] })
            }

            fn within(&self, low: &Self, high: &Self) -> bool {
                (low..=high).contains(&self)
            }
        }
    };
}

quantity!(HumanDuration, "a duration such as \"250ms\"", "duration", "250ms");
quantity!(ByteCount, "a size such as \"64KiB\"", "byte-size", "64KiB");
