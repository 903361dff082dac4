//! Answers that several questions share the shape of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StoredEvent;

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// The events; a page may be empty before the end.
    pub events: Vec<StoredEvent>,
    /// What the next page is asked with, the provider's own text; null at the end.
    pub cursor: Option<String>,
}

/// What came in since the cursor that was given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tail {
    /// The events, oldest first.
    pub events: Vec<StoredEvent>,
    /// What the next answer is asked with, the provider's own text.
    pub cursor: String,
}

/// What is gone. Zeros where nothing was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Deleted {
    /// How many events.
    pub events: u64,
    /// How many ids the person had.
    pub ids: u64,
}
