//! Questions about what was delivered, and their answers: one model for every provider that answers.
//!
//! On the wire both are JSON, tagged by `query`, so the frozen layer does not know them: a later version adds questions by
//! name, and a provider that does not know a name answers `unsupported`. The meaning of each is fixed here, down to which
//! of two equal entries comes first, so that two providers with the same events give the same answer.
//!
//! **People.** An answer counts people, not ids: the ids that `identify` (with both ids) and `alias` have joined are one
//! person, whenever that was told.
//!
//! **Order.** Where several things are as large, the one whose name or JSON text comes first comes first.

mod answer;
mod bounds;
mod check;
mod condition;
mod filter;
mod funnel;
mod stored;
mod trend;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use answer::{Deleted, Page, Tail};
pub use bounds::*;
pub use check::Fault;
pub use condition::{Condition, Scalar, property};
pub use filter::{EventType, Filter, Selector};
pub use funnel::{Cohort, Funnel, FunnelAnswer, FunnelOf, Period, Retention, RetentionAnswer};
pub use stored::{DeleteUser, Export, Live, StoredEvent, Timeline};
pub use trend::{
    Breakdown, BreakdownAnswer, By, Counts, CountsAnswer, Interval, NamedSum, Point, Sum, Top, TopAnswer, ValueSum,
};

use crate::sdk::ProviderError;

/// A question about what was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "query", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// How many events and people there were, in all or over time.
    Counts(Counts),
    /// Which events came most often.
    Top(Top),
    /// How events divide over the values of a property.
    Breakdown(Breakdown),
    /// How many people went through steps in order.
    Funnel(Funnel),
    /// How many people came back.
    Retention(Retention),
    /// What one person did, newest first.
    Timeline(Timeline),
    /// What came in, as it comes in.
    Live(Live),
    /// Every event, page by page.
    Export(Export),
    /// Removes a person: every event, id and trait.
    DeleteUser(DeleteUser),
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "query", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answer {
    /// Over time, and in all.
    Counts(CountsAnswer),
    /// Most frequent first.
    Top(TopAnswer),
    /// Most frequent value first.
    Breakdown(BreakdownAnswer),
    /// People at each step.
    Funnel(FunnelAnswer),
    /// One cohort for each period.
    Retention(RetentionAnswer),
    /// A page of one person's events.
    Timeline(Page),
    /// What came since.
    Live(Tail),
    /// A page of all events.
    Export(Page),
    /// What is gone.
    DeleteUser(Deleted),
}

impl Question {
    /// The names of the questions this version knows.
    pub const NAMES: [&str; 9] =
        ["counts", "top", "breakdown", "funnel", "retention", "timeline", "live", "export", "delete_user"];

    /// Reads and checks a question: what a provider's `query` begins with.
    ///
    /// # Errors
    /// `unsupported` for a name that this version does not know, `invalid` for a question that makes no sense; a retry
    /// helps neither.
    pub fn read(request: Value) -> Result<Self, ProviderError> {
        let name = request.get("query").and_then(Value::as_str).unwrap_or_default();
        if !Self::NAMES.contains(&name) {
            let known = Self::NAMES.join(", ");
            return Err(ProviderError::unsupported(&format!("answer `{name}`; it answers {known}")));
        }
        let question: Self = serde_json::from_value(request)
            .map_err(|error| ProviderError::invalid(format!("the question: {error}")))?;
        match question.check().into_iter().next() {
            None => Ok(question),
            Some(fault) => Err(ProviderError::invalid(fault.to_string())),
        }
    }

    /// Returns the name, as `query` has it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Counts(_) => "counts",
            Self::Top(_) => "top",
            Self::Breakdown(_) => "breakdown",
            Self::Funnel(_) => "funnel",
            Self::Retention(_) => "retention",
            Self::Timeline(_) => "timeline",
            Self::Live(_) => "live",
            Self::Export(_) => "export",
            Self::DeleteUser(_) => "delete_user",
        }
    }

    /// Returns which events the question is about; nothing where it is about a person whole.
    pub const fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Counts(Counts { filter, .. })
            | Self::Top(Top { filter, .. })
            | Self::Breakdown(Breakdown { filter, .. })
            | Self::Funnel(Funnel { filter, .. })
            | Self::Retention(Retention { filter, .. })
            | Self::Timeline(Timeline { filter, .. })
            | Self::Live(Live { filter, .. })
            | Self::Export(Export { filter, .. }) => Some(filter),
            Self::DeleteUser(_) => None,
        }
    }
}

impl Answer {
    /// Returns the answer as the JSON a provider's `query` gives.
    ///
    /// # Errors
    /// Never for the answers of this version: all of their keys are text.
    pub fn write(&self) -> Result<Value, ProviderError> {
        serde_json::to_value(self)
            .map_err(|error| ProviderError::internal(format!("the answer can't be written as JSON: {error}")))
    }
}

#[cfg(test)]
mod tests;
