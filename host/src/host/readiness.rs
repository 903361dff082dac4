//! Whether the host can serve, and what is wrong if not.

use serde::Serialize;

use crate::{
    call::{BreakerState, CallError},
    deliver::Deliveries,
    plugin::{Registry, Slot, State},
};

/// How one asked-for provider stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderStatus {
    /// Its name.
    pub provider: String,
    /// Its kind.
    pub kind: &'static str,
    /// `running`, `failed` or `stopped`.
    pub state: &'static str,
    /// Whether its failure makes the host not ready.
    pub required: bool,
    /// The stable code of what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The state of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Every required provider serves.
    pub ready: bool,
    /// Ready, but some provider does not serve.
    pub degraded: bool,
    /// What is wrong with the journal; events are refused, or soon will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<JournalTrouble>,
    /// Every provider that was asked for.
    pub providers: Vec<ProviderStatus>,
}

/// What is wrong with the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalTrouble {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl Readiness {
    pub(super) fn of(registry: &Registry, deliveries: &Result<Deliveries, CallError>) -> Self {
        let providers: Vec<_> = registry.slots().iter().map(|slot| status(slot)).collect();
        let journal = trouble(deliveries);
        let ready = journal.is_none() && providers.iter().all(|p| !p.required || p.code.is_none());
        let degraded = ready && providers.iter().any(|p| p.code.is_some());
        Self { ready, degraded, journal, providers }
    }
}

fn trouble(deliveries: &Result<Deliveries, CallError>) -> Option<JournalTrouble> {
    match deliveries {
        Ok(deliveries) => deliveries.trouble().map(|(code, message)| JournalTrouble { code, message }),
        // Nothing was asked for that would need a journal.
        Err(CallError::NoProvider { .. }) => None,
        Err(error) => Some(JournalTrouble { code: error.code(), message: error.to_string() }),
    }
}

fn status(slot: &Slot) -> ProviderStatus {
    let state = slot.state();
    let blank = ProviderStatus {
        provider: slot.config.name.clone(),
        kind: slot.config.kind.as_str(),
        state: state.as_str(),
        required: slot.config.required,
        code: None,
        message: None,
        help: None,
    };
    match state {
        // For a moment, within a reload; what waits for it waits.
        State::Restarting => blank,
        State::Running(_) => match slot.gate.breaker.state() {
            BreakerState::Closed => blank,
            BreakerState::Open { .. } | BreakerState::HalfOpen => ProviderStatus {
                code: Some("call.breaker_open"),
                message: Some("its calls keep failing; it is tried again every few seconds".into()),
                ..blank
            },
        },
        State::Failed(failure) => ProviderStatus {
            code: Some(failure.code),
            message: Some(failure.message.clone()),
            help: Some(failure.help.clone()),
            ..blank
        },
        State::Stopped => ProviderStatus {
            code: Some("provider.stopped"),
            message: Some("the host is shutting down".into()),
            ..blank
        },
    }
}
