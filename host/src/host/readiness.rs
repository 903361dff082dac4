//! Whether the host can serve, and what is wrong if not.

use serde::Serialize;

use crate::{
    call::BreakerState,
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
    /// Every provider that was asked for.
    pub providers: Vec<ProviderStatus>,
}

impl Readiness {
    pub(super) fn of(registry: &Registry) -> Self {
        let providers: Vec<_> = registry.slots().iter().map(|slot| status(slot)).collect();
        let ready = providers.iter().all(|p| !p.required || p.code.is_none());
        let degraded = ready && providers.iter().any(|p| p.code.is_some());
        Self { ready, degraded, providers }
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
    match &**state {
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
