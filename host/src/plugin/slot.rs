//! One asked-for provider: its configuration, its bounds, and whether it runs.
//!
//! A slot never changes: a reload makes another and puts that in its place, see [`Switch`](super::Switch). Whoever holds
//! a slot holds its provider, so a call ends on the provider on which it began.

use std::sync::Arc;

use super::{Failure, Provider, skew};
use crate::{
    call::{CallError, Gate},
    config::ProviderConfig,
};

/// How one asked-for provider stands.
#[derive(Debug)]
pub enum State {
    /// It serves.
    Running(Arc<Provider>),
    /// It does not, and why.
    Failed(Failure),
    /// A reload has shut it down and starts another in its place, because the two would disturb each other.
    Restarting,
    /// The host has shut it down.
    Stopped,
}

impl State {
    /// Returns one word for people and JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Failed(_) => "failed",
            Self::Restarting => "restarting",
            Self::Stopped => "stopped",
        }
    }
}

/// One asked-for provider.
#[derive(Debug)]
pub struct Slot {
    /// What was asked for.
    pub config: ProviderConfig,
    /// Its concurrency bound and breaker.
    pub gate: Gate,
    state: State,
}

impl Slot {
    /// Returns a slot in this state.
    pub fn new(config: ProviderConfig, state: State) -> Arc<Self> {
        let skew = match &state {
            State::Running(provider) => skew(&provider.manifest.api),
            State::Failed(_) | State::Restarting | State::Stopped => None,
        };
        let gate = Gate::new(&config, skew);
        Arc::new(Self { config, gate, state })
    }

    /// Returns the state.
    #[inline]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Returns the provider, or says why it does not run.
    ///
    /// # Errors
    /// `provider.not_running`.
    #[inline]
    pub fn running(&self) -> Result<&Arc<Provider>, CallError> {
        match &self.state {
            State::Running(provider) => Ok(provider),
            State::Failed(failure) => Err(self.not_running(&failure.message)),
            State::Restarting => Err(self.not_running("it is being replaced")),
            State::Stopped => Err(self.not_running("it was shut down")),
        }
    }

    /// Returns the error of a call that this provider can't take.
    #[cold]
    pub fn not_running(&self, why: &str) -> CallError {
        CallError::NotRunning { provider: self.config.name.clone(), why: why.to_owned() }
    }

    /// Returns the provider, if it runs.
    pub const fn provider(&self) -> Option<&Arc<Provider>> {
        match &self.state {
            State::Running(provider) => Some(provider),
            State::Failed(_) | State::Restarting | State::Stopped => None,
        }
    }
}
