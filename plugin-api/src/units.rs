//! Reads and writes quantities that carry their unit: durations (`"250ms"`) and byte sizes (`"64MiB"`).
//!
//! Used by plugin settings and by the host's own configuration, so that both refuse the same mistakes in the
//! same words. A bare number is always an error: `timeout = 30` has been read as milliseconds by half its
//! readers and as seconds by the other half. Pure: no clock, no environment.

mod bytes;
mod duration;
#[cfg(test)]
mod tests;

use std::fmt;

pub use bytes::{ByteCount, format_bytes, parse_bytes};
pub use duration::{HumanDuration, format_duration, parse_duration};

/// Why a quantity could not be read; `Display` is a sentence fragment fit for a configuration error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitError {
    /// There was no text at all.
    Empty,
    /// A number without a unit.
    UnitMissing {
        /// The number as written.
        number: String,
        /// An example with a unit that the reader probably meant.
        example: String,
    },
    /// The unit is not one of ours.
    UnitUnknown {
        /// The unit as written.
        unit: String,
        /// The unit the writer probably meant, if one is near.
        nearest: Option<&'static str>,
        /// Every unit that is accepted.
        units: &'static [&'static str],
    },
    /// What stands before the unit is not a whole number.
    NumberInvalid {
        /// The offending text.
        number: String,
    },
    /// The quantity is beyond what 64 bits hold.
    TooLarge,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "is empty"),
            Self::UnitMissing { number, example } => {
                write!(f, "`{number}` has no unit, write for example \"{example}\"")
            }
            Self::UnitUnknown { unit, nearest: Some(nearest), .. } => {
                write!(f, "`{unit}` is not a unit, write `{nearest}`")
            }
            Self::UnitUnknown { unit, nearest: None, units } => {
                write!(f, "`{unit}` is not a unit, use one of {}", units.join(", "))
            }
            Self::NumberInvalid { number } => write!(f, "`{number}` is not a whole number"),
            Self::TooLarge => write!(f, "is too large"),
        }
    }
}

impl std::error::Error for UnitError {}

/// Splits `"250ms"` into its number and its unit; neither is checked beyond being there.
fn split<'t>(text: &'t str, example_unit: &str) -> Result<(u64, &'t str), UnitError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(UnitError::Empty);
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+'))).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start();
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        let number = if number.is_empty() { text } else { number };
        return Err(UnitError::NumberInvalid { number: number.to_owned() });
    }
    if unit.is_empty() {
        return Err(UnitError::UnitMissing { number: number.to_owned(), example: format!("{number}{example_unit}") });
    }
    let number = number.parse().map_err(|_| UnitError::TooLarge)?;
    Ok((number, unit))
}

/// Implements serde and schemars for a quantity written as text, with `format` as the schema's format name.
macro_rules! written_as_text {
    ($type:ident, $parse:ident, $name:literal, $format:literal, $expects:literal) => {
        impl std::str::FromStr for $type {
            type Err = super::UnitError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $parse(text).map($type)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expects)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
use written_as_text;
