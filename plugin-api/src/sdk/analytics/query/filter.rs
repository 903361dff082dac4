//! Which events a question is about: a time, kinds of event, conditions on properties.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, condition::property as member};
use crate::sdk::analytics::{Object, sort};

/// Which events a question is about. An empty one: all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Unix milliseconds: happened then or later; absent = since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<u64>,
    /// Unix milliseconds: happened before; absent = no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<u64>,
    /// Any of these, at most 32; none = every event, of every type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Selector>,
    /// All of these hold, at most 16.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// Which events: those for which everything that is given holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Selector {
    /// The event's name; absent = any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The event's type; absent = any.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub sort: Option<EventType>,
    /// All of these hold, at most 16.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// The type of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// Two ids are one person.
    Alias,
    /// The user belongs to a group.
    Group,
    /// Traits of a user.
    Identify,
    /// A page was seen.
    Page,
    /// A screen was seen.
    Screen,
    /// Something happened.
    Track,
}

impl EventType {
    /// Every type, in the order of their names.
    pub const ALL: [Self; 6] = [Self::Alias, Self::Group, Self::Identify, Self::Page, Self::Screen, Self::Track];

    /// Returns the record's sort.
    pub const fn sort(self) -> u16 {
        match self {
            Self::Alias => sort::ALIAS,
            Self::Group => sort::GROUP,
            Self::Identify => sort::IDENTIFY,
            Self::Page => sort::PAGE,
            Self::Screen => sort::SCREEN,
            Self::Track => sort::TRACK,
        }
    }

    /// Returns the type of a record's sort; nothing for a sort of a later version.
    pub fn of_sort(sort: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.sort() == sort)
    }

    /// Returns the name, as `type` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Group => "group",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Track => "track",
        }
    }
}

impl Filter {
    /// Tells whether an event happened in the filter's time.
    pub fn has_time(&self, ms: u64) -> bool {
        self.from_ms.is_none_or(|from| from <= ms) && self.to_ms.is_none_or(|to| ms < to)
    }

    /// Tells whether the filter looks at properties.
    pub fn needs_properties(&self) -> bool {
        !self.conditions.is_empty() || self.events.iter().any(|selector| !selector.conditions.is_empty())
    }

    /// Tells whether the filter takes an event, whatever its time.
    pub fn takes(&self, sort: EventType, name: &str, properties: &Object) -> bool {
        let selected = self.events.is_empty() || self.events.iter().any(|each| each.takes(sort, name, properties));
        selected && hold(&self.conditions, properties)
    }
}

impl Selector {
    /// Returns the selector of events with this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Tells whether type and name fit; conditions are not looked at.
    pub fn names(&self, sort: EventType, name: &str) -> bool {
        self.sort.is_none_or(|wanted| wanted == sort) && self.name.as_deref().is_none_or(|wanted| wanted == name)
    }

    /// Tells whether the selector takes an event.
    pub fn takes(&self, sort: EventType, name: &str, properties: &Object) -> bool {
        self.names(sort, name) && hold(&self.conditions, properties)
    }
}

/// Tells whether all conditions hold.
pub(super) fn hold(conditions: &[Condition], properties: &Object) -> bool {
    conditions.iter().all(|condition| condition.holds(member(properties, condition.property())))
}
