//! The events themselves: one person's, the latest, all of them. And how a person is removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventType, Filter, bounds};
use crate::sdk::analytics::Object;

/// What one person did, newest first, whichever of the person's ids is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// A user id or an anonymous id.
    pub user_id: String,
    /// Which events.
    #[serde(default)]
    pub filter: Filter,
    /// Most events, 1 to 10,000; absent = 100. A page of large events ends earlier.
    #[serde(default = "page")]
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: u32,
    /// The `cursor` of the page before; absent = from the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What came in, in the order it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Live {
    /// Which events.
    pub filter: Filter,
    /// Most events, 1 to 10,000; absent = 100. A page of large events ends earlier.
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: u32,
    /// The `cursor` of the answer before; absent = the latest events there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Every event, in the order it was stored, page by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Export {
    /// Which events.
    pub filter: Filter,
    /// Most events of a page, 1 to 10,000; absent = 1,000. A page of large events ends earlier.
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: u32,
    /// The `cursor` of the page before; absent = from the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Removes a person: the events, the ids that are joined, the traits. What arrives later is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteUser {
    /// A user id or an anonymous id.
    pub user_id: String,
}

const fn page() -> u32 {
    bounds::PAGE_EVENTS
}

impl Default for Live {
    fn default() -> Self {
        Self { filter: Filter::default(), limit: bounds::PAGE_EVENTS, cursor: None }
    }
}

impl Default for Export {
    fn default() -> Self {
        Self { filter: Filter::default(), limit: bounds::EXPORT_EVENTS, cursor: None }
    }
}

/// One event as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredEvent {
    /// The record's id.
    #[schemars(with = "String")]
    pub id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub sort: EventType,
    /// Its name; empty where the type has none.
    pub name: String,
    /// Who: the user id, or the anonymous id where there was no other.
    pub user_id: String,
    /// The anonymous id, where the event had both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    /// The visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// When it happened, unix milliseconds.
    pub timestamp_ms: u64,
    /// When the host got it, unix milliseconds.
    pub received_at_ms: u64,
    /// Properties or traits.
    #[serde(default)]
    pub properties: Object,
    /// Circumstances.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub context: Object,
}
