//! Why a call into a provider gave no answer.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The provider said no.
    #[error("provider `{provider}`: {error}")]
    Provider {
        /// Which.
        provider: String,
        /// Its words.
        error: ProviderError,
    },
    /// The provider can't do this, known from its manifest; it was not called.
    #[error("provider `{provider}` can't {what}")]
    Unsupported {
        /// Which.
        provider: String,
        /// What it lacks.
        what: String,
    },
    /// No answer in time. A write may or may not have happened.
    #[error("provider `{provider}` gave no answer within {} ms", .after.as_millis())]
    Deadline {
        /// Which.
        provider: String,
        /// The bound.
        after: Duration,
    },
    /// Too many calls are waiting for this provider.
    #[error("provider `{provider}` has {limit} calls in flight, and none ended within {} ms", .after.as_millis())]
    Overloaded {
        /// Which.
        provider: String,
        /// The bound, `concurrency`.
        limit: usize,
        /// How long this call waited.
        after: Duration,
    },
    /// The provider failed too often lately and is left alone for a while; it was not called.
    #[error("provider `{provider}` failed {failures} times in a row and is tried again in {} ms", .retry_after.as_millis())]
    BreakerOpen {
        /// Which.
        provider: String,
        /// How often.
        failures: u32,
        /// When it is tried again.
        retry_after: Duration,
    },
    /// The provider does not run.
    #[error("provider `{provider}` does not run: {why}")]
    NotRunning {
        /// Which.
        provider: String,
        /// Why.
        why: String,
    },
    /// The provider that was asked a question answers none, or nobody does.
    #[error("{}", nobody_answers(.asked.as_deref(), .skew.as_deref(), .able))]
    NobodyAnswers {
        /// Who was asked, if anybody in particular.
        asked: Option<String>,
        /// The versions of its plugin and of this host, where they differ.
        skew: Option<String>,
        /// Who answers questions.
        able: Vec<String>,
    },
    /// No provider of this kind is configured.
    #[error("no {kind} provider is configured")]
    NoProvider {
        /// The kind.
        kind: &'static str,
    },
    /// The event could not be kept, so it was not accepted.
    #[error("the event can't be kept: {message}")]
    Journal {
        /// The stable code.
        code: &'static str,
        /// The whole chain of causes.
        message: String,
        /// When another try may succeed.
        retry_after: Option<Duration>,
    },
    /// The caller's arguments can't be sent to any provider.
    #[error("{0}")]
    Invalid(String),
}

impl CallError {
    /// Returns the stable code, the same in CLI, HTTP, logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Provider { error, .. } => match error.kind {
                ErrorKind::Unavailable => "provider.unavailable",
                ErrorKind::Timeout => "provider.timeout",
                ErrorKind::Overloaded => "provider.overloaded",
                ErrorKind::Refused => "provider.refused",
                ErrorKind::Invalid => "provider.invalid",
                ErrorKind::Panicked => "provider.panicked",
                ErrorKind::Unsupported => "provider.unsupported",
                _ => "provider.internal",
            },
            Self::Unsupported { .. } | Self::NobodyAnswers { .. } => "provider.unsupported",
            Self::Deadline { .. } => "call.deadline",
            Self::Overloaded { .. } => "call.overloaded",
            Self::BreakerOpen { .. } => "call.breaker_open",
            Self::NotRunning { .. } => "provider.not_running",
            Self::NoProvider { .. } => "provider.none",
            Self::Journal { code, .. } => code,
            Self::Invalid(_) => "call.invalid",
        }
    }

    /// Tells whether the same call may succeed later.
    pub const fn retry_can_help(&self) -> bool {
        match self {
            Self::Provider { error, .. } => error.kind.retry_can_help(),
            Self::Deadline { .. } | Self::Overloaded { .. } | Self::BreakerOpen { .. } | Self::NotRunning { .. } => {
                true
            }
            Self::Journal { retry_after, .. } => retry_after.is_some(),
            Self::Unsupported { .. } | Self::NobodyAnswers { .. } | Self::NoProvider { .. } | Self::Invalid(_) => false,
        }
    }

    /// Returns how long to wait before a retry, where that is known.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provider { error, .. } => error.retry_after,
            Self::BreakerOpen { retry_after, .. } => Some(*retry_after),
            Self::Journal { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

fn nobody_answers(asked: Option<&str>, skew: Option<&str>, able: &[String]) -> String {
    let who = asked.map_or_else(
        || "no running analytics provider answers".to_owned(),
        |name| format!("no running analytics provider called `{name}` answers"),
    );
    let why = skew.map(|skew| format!(": {skew}")).unwrap_or_default();
    match able {
        [] => format!("{who} questions{why}; only a provider that keeps the events can"),
        able => format!("{who} questions{why}; these do: {}", able.join(", ")),
    }
}
