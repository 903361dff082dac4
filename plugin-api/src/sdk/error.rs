//! The one error a provider returns.

use std::time::Duration;

/// What went wrong, as far as the host acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The backend can't be reached or said it is down.
    Unavailable,
    /// No answer within the budget; the outcome of a write is unknown.
    Timeout,
    /// The backend asks for less load.
    Overloaded,
    /// The backend understood and said no.
    Refused,
    /// The arguments make no sense to this provider.
    Invalid,
    /// Code in the plugin panicked. Made by the guard, not by authors.
    Panicked,
    /// A fault of the provider's own.
    Internal,
    /// The provider lacks this ability.
    Unsupported,
    /// The settings can't be used.
    Settings,
}

impl ErrorKind {
    /// Tells whether the same call may succeed later.
    pub const fn retry_can_help(self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout | Self::Overloaded | Self::Panicked | Self::Internal)
    }

    /// Returns the stable name that CLI, HTTP, logs and metrics use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::Panicked => "panicked",
            Self::Internal => "internal",
            Self::Unsupported => "unsupported",
            Self::Settings => "settings",
        }
    }
}

/// An error for the host: kind, text for people (never a secret), and how long to wait before a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    /// What the host acts on.
    pub kind: ErrorKind,
    /// A lowercase fragment without period.
    pub message: String,
    /// How long the backend asked to wait.
    pub retry_after: Option<Duration>,
}

impl ProviderError {
    /// Returns an error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// Returns the error of an unreachable backend.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Returns the error of arguments that can't be served.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// Returns the error of settings that can't be used.
    pub fn settings(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Settings, message)
    }

    /// Returns the error of a fault in the provider.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Returns the error of an ability the provider lacks; `what` names it.
    pub fn unsupported(what: &str) -> Self {
        Self::new(ErrorKind::Unsupported, format!("this provider can't {what}"))
    }

    /// Returns the same error with the wait the backend asked for.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl std::fmt::Display for ProviderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.message)
    }
}

impl std::error::Error for ProviderError {}
