//! How a provider stands with its backend: what it can say of its health without asking anyone.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{ErrorKind, Health, ProviderError};

/// Remembers whether the backend refused the last delivery, and whether the provider was shut down.
///
/// A probe of its own would cost a request at the vendor every few seconds and say less: whether *these* credentials may
/// send *these* records is known from the answers alone.
///
/// ```
/// # use outrigger_plugin_api::sdk::{ErrorKind, Health, ProviderError, Standing};
/// let standing = Standing::default();
/// let answer: Result<(), _> = Err(ProviderError::new(ErrorKind::Refused, "answered 401: no such key"));
/// assert!(standing.noted(answer).is_err());
/// assert_eq!(standing.health(), Health::Degraded("answered 401: no such key".to_owned()));
/// assert!(standing.noted(Ok(())).is_ok());
/// assert_eq!(standing.health(), Health::Serving);
/// ```
#[derive(Debug, Default)]
pub struct Standing {
    ended: AtomicBool,
    refusal: Mutex<Option<String>>,
}

impl Standing {
    /// Returns an error once the provider was shut down: the first thing `deliver` asks.
    ///
    /// # Errors
    /// `unavailable`, after [`Self::end`].
    pub fn open(&self) -> Result<(), ProviderError> {
        if self.ended.load(Ordering::Acquire) {
            return Err(ProviderError::unavailable("the provider was shut down"));
        }
        Ok(())
    }

    /// Notes how a delivery ended, and returns it: `refused` is trouble until one succeeds, other errors say nothing
    /// of the credentials.
    ///
    /// # Errors
    /// The one that was given.
    pub fn noted<T>(&self, result: Result<T, ProviderError>) -> Result<T, ProviderError> {
        match &result {
            Ok(_) => *self.refusal() = None,
            Err(error) if error.kind == ErrorKind::Refused => *self.refusal() = Some(error.message.clone()),
            Err(_) => {}
        }
        result
    }

    /// Returns the provider's health: degraded after a refusal, because only the next delivery can find out that it
    /// was mended, so it has to come.
    pub fn health(&self) -> Health {
        self.refusal().clone().map_or(Health::Serving, Health::Degraded)
    }

    /// Notes that the provider was shut down.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    fn refusal(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        // A text is whole whatever panicked beside it.
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
