//! How many, how often, of which sort: counts over time, the most frequent events, the values of a property.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EventType, Filter, Scalar, bounds};

/// How many events and people there were, in all or over time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Counts {
    /// Of which events.
    pub filter: Filter,
    /// How long a point of the chart is; absent = no chart, the sum alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Where days begin: an IANA name such as `Europe/Berlin`, or an offset such as `+02:00`; absent = `UTC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// The length of a chart's points, as the calendar of the zone has them: a day can have 23 or 25 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Sixty minutes, from a full hour of the zone on.
    Hour,
    /// A day.
    Day,
    /// A week, from Monday on (ISO 8601).
    Week,
    /// A month.
    Month,
}

/// Counts over time, and in all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CountsAnswer {
    /// One for each interval that the filter's time touches, at most 10,000, those without events too. An end that the
    /// filter leaves open is where the events end. Empty without `interval`.
    pub points: Vec<Point>,
    /// In all. Its people are fewer than the points' together: who came twice is one.
    pub total: Sum,
}

/// One interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Its first millisecond.
    pub start_ms: u64,
    /// The same in the zone's time (RFC 3339).
    pub start: String,
    /// How many events.
    pub events: u64,
    /// How many different people.
    pub people: u64,
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EventSum")]
pub struct Sum {
    /// Events.
    pub events: u64,
    /// Different people.
    pub people: u64,
}

/// Which events came most often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Top {
    /// Of which events.
    pub filter: Filter,
    /// Most entries, 1 to 1,000; absent = 10.
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: u32,
}

impl Default for Top {
    fn default() -> Self {
        Self { filter: Filter::default(), limit: bounds::ENTRIES }
    }
}

/// The events that came most often, those first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TopAnswer {
    /// By type and name.
    pub events: Vec<NamedSum>,
    /// How many types and names there are in all.
    pub names: u64,
    /// Of all of them.
    pub total: Sum,
}

/// How often one type and name came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedSum {
    /// Its type.
    #[serde(rename = "type")]
    pub sort: EventType,
    /// Its name; empty where the type has none.
    pub name: String,
    /// How many.
    pub events: u64,
    /// Of how many different people.
    pub people: u64,
}

/// How events divide over the values of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    /// Of which events.
    #[serde(default)]
    pub filter: Filter,
    /// By what.
    pub by: By,
}

/// By which property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// Its name, or a JSON pointer, as in a condition.
    pub property: String,
    /// Most values told apart, 1 to 1,000; absent = 10. The rest is `other`.
    #[serde(default = "entries")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: u32,
}

const fn entries() -> u32 {
    bounds::ENTRIES
}

/// Events by the values of a property, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BreakdownAnswer {
    /// The most frequent.
    pub values: Vec<ValueSum>,
    /// The rest together; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Sum>,
    /// Of all.
    pub total: Sum,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValueSum {
    /// The value; null where an event has none, or an array or an object.
    pub value: Option<Scalar>,
    /// How many events.
    pub events: u64,
    /// Of how many different people.
    pub people: u64,
}
