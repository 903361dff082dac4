//! What became of an event at each provider.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{lane::Lane, outcome::Outcome, progress::Standing};

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Receipt {
    /// The event's id.
    #[schemars(with = "String")]
    pub id: Uuid,
    /// What acknowledgements mean now: `fsync`, `interval` or `none`.
    pub durability: String,
    /// How it stands at each provider of its kind.
    pub providers: Vec<Progressed>,
}

/// How one event stands at one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progressed {
    /// Which provider.
    pub provider: String,
    /// `queued`, `retrying`, `delivered`, `accepted_unverified`, `dropped_by_vendor`, `unsupported`, `dead_lettered`,
    /// `dropped`, or `ended` where it ended too long ago to know how.
    pub state: &'static str,
    /// Tries that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Unix milliseconds of the next try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_ms: Option<u64>,
    /// The stable code of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What the last failure said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Progressed {
    pub(super) fn of(lane: &Lane, position: u64) -> Self {
        let provider = lane.name().to_owned();
        let plain = |state| Self { provider, state, attempts: None, next_try_ms: None, code: None, reason: None };
        match lane.standing(position) {
            Standing::Queued => plain("queued"),
            Standing::EndedLongAgo => plain("ended"),
            Standing::Ended(outcome) => plain(outcome.as_str()),
            Standing::Retrying(failed) => Self {
                attempts: Some(failed.tries),
                next_try_ms: Some(failed.next_ms),
                code: Some(failed.code),
                reason: Some(failed.error),
                ..plain("retrying")
            },
        }
    }

    /// Tells whether the provider is done with the event.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, "queued" | "retrying")
    }

    /// Tells whether the provider has the event, as far as it says.
    pub fn reached(&self) -> bool {
        [Outcome::Delivered, Outcome::AcceptedUnverified].iter().any(|outcome| outcome.as_str() == self.state)
    }
}

impl Receipt {
    /// Tells whether every provider is done with the event.
    pub fn has_ended(&self) -> bool {
        self.providers.iter().all(Progressed::has_ended)
    }

    /// Tells whether at least one provider has the event.
    pub fn reached_some(&self) -> bool {
        self.providers.iter().any(Progressed::reached)
    }
}
