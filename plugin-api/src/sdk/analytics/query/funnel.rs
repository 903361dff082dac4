//! Who went on, and who came back: funnels and retention.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{By, Filter, Interval, Scalar, Selector};

/// How many people went through steps in this order, with anything between them, within a time.
///
/// A person is at step N where events for the steps 1 to N can be found one after the other, the last at most the window
/// after the first. One event is one step. Events of the same millisecond come in the order of the first step they fit.
/// (The rule of ClickHouse's `windowFunnel`.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// Events that count.
    #[serde(default)]
    pub filter: Filter,
    /// The steps, 2 to 16.
    pub steps: Vec<Selector>,
    /// Milliseconds from the first step to the last, both included; at most 366 days.
    #[schemars(range(min = 1, max = 31_622_400_000_u64))]
    pub window_ms: u64,
    /// Divides the people over the values that a property of their first step has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// People at each step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FunnelAnswer {
    /// For each step, how many people came at least so far.
    pub people: Vec<u64>,
    /// The same by value, the one with most people at the first step first. A person is under the value of the first step
    /// from which they first came furthest; of several from which one event led there, the latest. Empty without `by`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<FunnelOf>,
    /// The rest of the values together; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Vec<u64>>,
}

/// A funnel of the people with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FunnelOf {
    /// The value; null where the first step has none, or an array or an object.
    pub value: Option<Scalar>,
    /// For each step, how many people came at least so far.
    pub people: Vec<u64>,
}

/// Of the people who did something for the first time in a period, how many did something in later ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Events that count. The first time is the first within it.
    #[serde(default)]
    pub filter: Filter,
    /// What makes a person one of a cohort.
    pub first: Selector,
    /// What counts as coming back, at a later millisecond.
    #[serde(rename = "return")]
    pub back: Selector,
    /// How long a period is. At most 64 lie in the filter's time; an end it leaves open is where the events end.
    pub period: Period,
    /// Where days begin, as in counts; absent = `UTC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday on.
    Week,
}

impl Period {
    /// Returns the period as an interval.
    pub const fn interval(self) -> Interval {
        match self {
            Self::Day => Interval::Day,
            Self::Week => Interval::Week,
        }
    }
}

/// Who came back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RetentionAnswer {
    /// One for each period, in order, those nobody began in too.
    pub cohorts: Vec<Cohort>,
}

/// The people who began in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cohort {
    /// The period's first millisecond.
    pub start_ms: u64,
    /// The same in the zone's time (RFC 3339).
    pub start: String,
    /// How many began.
    pub people: u64,
    /// How many of them came back in the same period, in the next, and so on up to the last.
    pub returned: Vec<u64>,
}
