//! The members of an event: how clients may write them, which sort has them, and what they have to be.

use outrigger_plugin_api::sdk::analytics::sort;
use serde::Deserialize;

/// A member as a client wrote it: in the model's words, Segment's, or those of the short form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(super) enum Given {
    Type,
    Event,
    EventType,
    Name,
    #[serde(alias = "groupId")]
    GroupId,
    #[serde(alias = "previousId")]
    PreviousId,
    Properties,
    Metadata,
    Traits,
    Context,
    #[serde(alias = "userId")]
    UserId,
    #[serde(alias = "anonymousId")]
    AnonymousId,
    #[serde(alias = "messageId")]
    MessageId,
    #[serde(alias = "sessionId")]
    SessionId,
    TimestampMs,
    #[serde(alias = "originalTimestamp")]
    Timestamp,
    #[serde(other)]
    Unknown,
}

/// A member of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Event,
    Name,
    GroupId,
    PreviousId,
    Properties,
    Traits,
    Context,
    UserId,
    AnonymousId,
    MessageId,
    SessionId,
    TimestampMs,
}

/// What a member has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Text or null, which is as good as absent.
    Text,
    RequiredText,
    Object,
    /// Unix milliseconds.
    Time,
}

impl Given {
    /// Returns the model's member in an event of this sort; `None` where such an event has none.
    pub(super) fn of(self, sort: u16) -> Option<Member> {
        let only = |sorts: &[u16], member| sorts.contains(&sort).then_some(member);
        match self {
            Self::Event | Self::EventType => only(&[sort::TRACK], Member::Event),
            Self::Metadata => only(&[sort::TRACK], Member::Properties),
            Self::Properties => only(&[sort::TRACK, sort::PAGE, sort::SCREEN], Member::Properties),
            Self::Name => only(&[sort::PAGE, sort::SCREEN], Member::Name),
            Self::GroupId => only(&[sort::GROUP], Member::GroupId),
            Self::PreviousId => only(&[sort::ALIAS], Member::PreviousId),
            Self::Traits => only(&[sort::IDENTIFY, sort::GROUP], Member::Traits),
            Self::Context => Some(Member::Context),
            Self::UserId => Some(Member::UserId),
            Self::AnonymousId => Some(Member::AnonymousId),
            Self::MessageId => Some(Member::MessageId),
            Self::SessionId => Some(Member::SessionId),
            Self::TimestampMs | Self::Timestamp => Some(Member::TimestampMs),
            Self::Type | Self::Unknown => None,
        }
    }
}

impl Member {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Name => "name",
            Self::GroupId => "group_id",
            Self::PreviousId => "previous_id",
            Self::Properties => "properties",
            Self::Traits => "traits",
            Self::Context => "context",
            Self::UserId => "user_id",
            Self::AnonymousId => "anonymous_id",
            Self::MessageId => "message_id",
            Self::SessionId => "session_id",
            Self::TimestampMs => "timestamp_ms",
        }
    }

    pub(super) const fn wanted(self) -> Wanted {
        match self {
            Self::Event | Self::GroupId | Self::PreviousId => Wanted::RequiredText,
            Self::Properties | Self::Traits | Self::Context => Wanted::Object,
            Self::TimestampMs => Wanted::Time,
            Self::Name | Self::UserId | Self::AnonymousId | Self::MessageId | Self::SessionId => Wanted::Text,
        }
    }
}

/// A set of members.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Set(u16);

impl Set {
    /// Adds a member; `false` where it was there.
    pub(super) const fn add(&mut self, member: Member) -> bool {
        let before = self.0;
        self.0 |= 1 << member as u16;
        self.0 != before
    }

    /// Tells whether what a sort can't be without is there.
    pub(super) const fn has_all_of(self, sort: u16) -> bool {
        let required = match sort {
            sort::TRACK => Member::Event,
            sort::GROUP => Member::GroupId,
            sort::ALIAS => Member::PreviousId,
            _ => return true,
        };
        self.0 & 1 << required as u16 != 0
    }
}
