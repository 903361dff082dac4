//! The bounds of one provider: how many calls may wait for it, how long, and whether it is called at all.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use outrigger_plugin_api::{
    abi::{CallView, FfiFuture, Outcome, RResult, Res, wire},
    sdk::{Call, ErrorKind, ProviderError},
};
use tokio::sync::Semaphore;

use super::{Breaker, CallError, finish};
use crate::{clock, config::ProviderConfig};

/// One provider's bounds and counts.
#[derive(Debug)]
pub struct Gate {
    provider: String,
    /// Bound on calls that wait for the provider. A call answered at once never counts: it is bounded by the
    /// number of threads.
    places: Semaphore,
    limit: usize,
    timeout: Duration,
    /// The frame of every call: the same for all, so it is made once.
    frame: CallView,
    /// The breaker.
    pub breaker: Breaker,
    /// Calls that waited and were answered.
    pub waited: AtomicU64,
    /// Calls that failed, whatever the reason.
    pub failed: AtomicU64,
}

impl Gate {
    /// Returns the gate that the configuration describes.
    pub fn new(config: &ProviderConfig) -> Self {
        let limit = usize::try_from(config.concurrency).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            provider: config.name.clone(),
            places: Semaphore::new(limit),
            limit,
            timeout: config.timeout,
            frame: (&Call::within(config.timeout)).into(),
            breaker: Breaker::new(config.breaker.failures, config.breaker.open_for),
            waited: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Returns the bound on one call.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the frame of a call.
    pub const fn frame(&self) -> &CallView {
        &self.frame
    }

    /// Returns how many calls wait for the provider now.
    pub fn in_flight(&self) -> usize {
        self.limit.saturating_sub(self.places.available_permits())
    }

    /// Lets a call through to the provider.
    ///
    /// # Errors
    /// `call.breaker_open`, with the time of the next try.
    pub fn admit(&self) -> Result<(), CallError> {
        self.breaker.admit().map_err(|(failures, retry_after)| {
            self.failed.fetch_add(1, Ordering::Relaxed);
            CallError::BreakerOpen { provider: self.provider.clone(), failures, retry_after }
        })
    }

    /// Brings an outcome to its end: at once where it is ready, else within the bounds.
    ///
    /// # Errors
    /// The provider's error, `call.deadline` or `call.overloaded`.
    pub async fn finish<T>(&self, outcome: Outcome<T>) -> Result<T, CallError> {
        match outcome {
            Outcome::Ready(RResult::ROk(value)) => {
                self.breaker.succeeded();
                Ok(value)
            }
            Outcome::Ready(RResult::RErr(error)) => Err(self.refused(wire::decode_error(&error))),
            Outcome::Pending(future) => self.wait(future).await,
        }
    }

    /// Waits for a pending answer: first for a place, then for the provider, both within one deadline.
    pub(super) async fn wait<T>(&self, future: FfiFuture<Res<T>>) -> Result<T, CallError> {
        let began = clock::now();
        let Ok(place) = tokio::time::timeout(self.timeout, self.places.acquire()).await else {
            self.failed.fetch_add(1, Ordering::Relaxed);
            return Err(CallError::Overloaded {
                provider: self.provider.clone(),
                limit: self.limit,
                after: self.timeout,
            });
        };
        let left = self.timeout.saturating_sub(clock::since(began));
        let result = finish::pending(Some(left), future).await;
        drop(place);
        match result {
            Ok(value) => {
                self.waited.fetch_add(1, Ordering::Relaxed);
                self.breaker.succeeded();
                Ok(value)
            }
            Err(error) if error.kind == ErrorKind::Timeout && clock::since(began) >= self.timeout => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                self.breaker.failed(ErrorKind::Timeout);
                Err(CallError::Deadline { provider: self.provider.clone(), after: self.timeout })
            }
            Err(error) => Err(self.refused(error)),
        }
    }

    /// Notes the provider's error.
    #[cold]
    pub(super) fn refused(&self, error: ProviderError) -> CallError {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.breaker.failed(error.kind);
        CallError::Provider { provider: self.provider.clone(), error }
    }
}
