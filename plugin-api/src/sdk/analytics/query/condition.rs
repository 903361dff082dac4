//! What a property must be: compared by value and by type, the text `"1"` never equals the number 1.

use std::{borrow::Cow, cmp::Ordering};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// A text, a number, or true or false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number; 1 and 1.0 are the same.
    Number(Number),
    /// A text, compared byte by byte.
    Text(String),
}

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// What a property of an event must be. `property` is the name of a member of the event's properties (traits, where it has
/// those), or, where it begins with `/`, a JSON pointer to a member of a member, such as `/cart/currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Condition {
    /// This value.
    Equals {
        /// Which.
        property: String,
        /// The value.
        value: Scalar,
    },
    /// Any of these values.
    OneOf {
        /// Which.
        property: String,
        /// The values, at most 100.
        values: Vec<Scalar>,
    },
    /// There, and not null.
    Present {
        /// Which.
        property: String,
    },
    /// Not there, or null.
    Absent {
        /// Which.
        property: String,
    },
    /// A number below this.
    LessThan {
        /// Which.
        property: String,
        /// The number.
        value: Number,
    },
    /// This number or below.
    AtMost {
        /// Which.
        property: String,
        /// The number.
        value: Number,
    },
    /// A number above this.
    MoreThan {
        /// Which.
        property: String,
        /// The number.
        value: Number,
    },
    /// This number or above.
    AtLeast {
        /// Which.
        property: String,
        /// The number.
        value: Number,
    },
}

impl Condition {
    /// Returns the name or pointer of the property.
    pub fn property(&self) -> &str {
        match self {
            Self::Equals { property, .. }
            | Self::OneOf { property, .. }
            | Self::Present { property }
            | Self::Absent { property }
            | Self::LessThan { property, .. }
            | Self::AtMost { property, .. }
            | Self::MoreThan { property, .. }
            | Self::AtLeast { property, .. } => property,
        }
    }
}

/// Returns the member of an event's properties that a question means by `name`; null counts as absent.
pub fn property<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = match name.strip_prefix('/') {
        None => properties.get(name),
        Some(pointer) => {
            let mut steps = pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
            let first = properties.get(&steps.next().unwrap_or_default());
            steps.fold(first, |value, step| value?.as_object()?.get(&step))
        }
    };
    found.filter(|value| !value.is_null())
}

impl Condition {
    /// Tells whether the condition holds for a property's value, as [`property`] found it.
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let number = || found.and_then(Value::as_number);
        match self {
            Self::Equals { value, .. } => found.is_some_and(|found| value.is(found)),
            Self::OneOf { values, .. } => found.is_some_and(|found| values.iter().any(|value| value.is(found))),
            Self::Present { .. } => found.is_some(),
            Self::Absent { .. } => found.is_none(),
            Self::LessThan { value, .. } => number().is_some_and(|found| compare(found, value).is_lt()),
            Self::AtMost { value, .. } => number().is_some_and(|found| compare(found, value).is_le()),
            Self::MoreThan { value, .. } => number().is_some_and(|found| compare(found, value).is_gt()),
            Self::AtLeast { value, .. } => number().is_some_and(|found| compare(found, value).is_ge()),
        }
    }
}

impl Scalar {
    /// Tells whether a JSON value is this one.
    pub fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bool(wanted), Value::Bool(found)) => wanted == found,
            (Self::Number(wanted), Value::Number(found)) => compare(wanted, found).is_eq(),
            (Self::Text(wanted), Value::String(found)) => wanted == found,
            _ => false,
        }
    }

    /// Returns a JSON value as a scalar, a whole number without a fraction; nothing for null, an array or an object.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Bool(*value)),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => Some(Self::Number(whole(number).unwrap_or_else(|| number.clone()))),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// Whole numbers by their digits, so that large ids stay apart; others as floating point.
fn compare(left: &Number, right: &Number) -> Ordering {
    let digits = |number: &Number| number.as_i128();
    match (digits(left), digits(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// 2^53: beyond it not every whole number has a floating point, so digits can't be told from rounding.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Returns 5 for 5.0; nothing where there is nothing to change.
fn whole(number: &Number) -> Option<Number> {
    let value = number.as_f64().filter(|value| number.is_f64() && value.fract() == 0.0 && value.abs() <= EXACT_MAX)?;
    // Its text without the fraction, read again: no cast can go wrong that way.
    format!("{value:.0}").parse().ok().map(|digits: i64| digits.into())
}
