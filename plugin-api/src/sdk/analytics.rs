//! The analytics model: Segment's six calls, with their meaning, and the questions about them.

pub mod query;

mod read;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sink::Body;
use crate::manifest::Kind;

/// A JSON object.
pub type Object = Map<String, Value>;

/// Who did it. At least one of the two ids is set; the doors refuse a record without.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Identity {
    /// The app's id of a known user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// An id of a visitor not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
}

/// What every call may carry.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Common {
    /// Who did it.
    #[serde(flatten)]
    pub identity: Identity,
    /// When it happened, unix milliseconds; absent = when the host received it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<u64>,
    /// The client's own id of the message, for deduplication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The visit it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Circumstances: app, page, device, locale, campaign.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub context: Object,
}

/// One analytics record.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Something happened.
    Track {
        /// Its name.
        event: String,
        /// Its details.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        properties: Object,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
    /// Traits of a user.
    Identify {
        /// What is known of the user.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        traits: Object,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
    /// A page was seen.
    Page {
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its details: url, title, referrer.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        properties: Object,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
    /// A screen was seen.
    Screen {
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its details.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        properties: Object,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
    /// The user belongs to a group.
    Group {
        /// The group's id.
        group_id: String,
        /// What is known of the group.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        traits: Object,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
    /// Two ids are one person.
    Alias {
        /// The id used before.
        previous_id: String,
        /// Who, when, where.
        #[serde(flatten)]
        common: Common,
    },
}

impl Event {
    /// Returns what the record carries whatever its sort.
    pub const fn common(&self) -> &Common {
        match self {
            Self::Track { common, .. }
            | Self::Identify { common, .. }
            | Self::Page { common, .. }
            | Self::Screen { common, .. }
            | Self::Group { common, .. }
            | Self::Alias { common, .. } => common,
        }
    }
}

/// The numbers of the sorts, for [`Sorts`](super::sink::Sorts).
pub mod sort {
    /// `track`.
    pub const TRACK: u16 = 1;
    /// `identify`.
    pub const IDENTIFY: u16 = 2;
    /// `page`.
    pub const PAGE: u16 = 3;
    /// `screen`.
    pub const SCREEN: u16 = 4;
    /// `group`.
    pub const GROUP: u16 = 5;
    /// `alias`.
    pub const ALIAS: u16 = 6;
}

impl Body for Event {
    const KIND: Kind = Kind::Analytics;
    fn sort(&self) -> u16 {
        match self {
            Self::Track { .. } => sort::TRACK,
            Self::Identify { .. } => sort::IDENTIFY,
            Self::Page { .. } => sort::PAGE,
            Self::Screen { .. } => sort::SCREEN,
            Self::Group { .. } => sort::GROUP,
            Self::Alias { .. } => sort::ALIAS,
        }
    }

    fn check(text: &str) -> serde_json::Result<u16> {
        read::outline(text).map(|event| event.sort())
    }
}
