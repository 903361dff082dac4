//! The bounds of one provider: how many calls may wait for it, how long, and whether it is called at all.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use outrigger_plugin_api::{
    abi::{CallView, FfiFuture, Outcome, RResult, Res, wire},
    sdk::{Call, ErrorKind, ProviderError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Breaker, CallError, Tally, finish};
use crate::{
    clock,
    config::{ProviderConfig, Redactor},
    crash::{Crumb, Op as CrashOp},
    plugin::with_skew,
};

/// A call waits for its place at most this part of its time, a half: what is left for the provider is then never so
/// little that the call is sent only to be cut, which of a write leaves open whether it happened.
const QUEUE_PART: u32 = 2;

/// How a call came to its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// There was one: the provider has the whole time.
    AtOnce,
    /// After others: part of the time was gone when the provider got it.
    Queued,
}

/// A call that waits.
pub(super) struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// One provider's bounds and counts.
#[derive(Debug)]
pub struct Gate {
    provider: String,
    /// Told where something is missing.
    skew: Option<String>,
    /// Takes the provider's secrets out of its words.
    pub redactor: Redactor,
    /// Bound on calls that wait for the provider. A call answered at once never counts: it is bounded by the
    /// number of threads.
    places: Semaphore,
    limit: usize,
    timeout: Duration,
    /// The frame of every call: the same for all, so it is made once.
    frame: CallView,
    /// The provider's number in what outlives a crash.
    pub crumb: Crumb,
    epoch: Instant,
    /// Milliseconds since [`Self::epoch`] at which the provider last answered a waiting call, or was given one without
    /// delay: since then it is silent.
    silent_since: AtomicU64,
    /// The breaker.
    pub breaker: Breaker,
    /// Calls that wait for a place or for the provider.
    pending: AtomicUsize,
    /// Calls that were answered at once.
    pub ready: Tally,
    /// Calls that waited and were answered.
    pub waited: AtomicU64,
    /// Calls that failed, whatever the reason.
    pub failed: AtomicU64,
}

impl Gate {
    /// Returns the gate that the configuration describes.
    ///
    /// `skew` says that the plugin and this host are of different versions, where they are.
    pub fn new(config: &ProviderConfig, skew: Option<String>) -> Self {
        let limit = usize::try_from(config.concurrency).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            provider: config.name.clone(),
            skew,
            redactor: Redactor::of(config),
            places: Semaphore::new(limit),
            limit,
            timeout: config.timeout,
            frame: (&Call::within(config.timeout)).into(),
            crumb: Crumb::of(&config.name),
            epoch: clock::now(),
            silent_since: AtomicU64::new(0),
            breaker: Breaker::new(config.breaker.failures, config.breaker.open_for),
            pending: AtomicUsize::new(0),
            ready: Tally::default(),
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

    /// Tells whether no call waits for the provider. One that began a moment ago may not be counted yet.
    pub fn is_idle(&self) -> bool {
        self.pending.load(Ordering::Acquire) == 0
    }

    /// Counts a call as one that waits, until the returned value is dropped.
    pub(super) fn enter(&self) -> Waiting<'_> {
        self.pending.fetch_add(1, Ordering::AcqRel);
        Waiting(&self.pending)
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
    pub async fn finish<T>(&self, op: CrashOp, outcome: Outcome<T>) -> Result<T, CallError> {
        match outcome {
            Outcome::Ready(RResult::ROk(value)) => {
                self.answered_at_once();
                Ok(value)
            }
            Outcome::Ready(RResult::RErr(error)) => Err(self.refused(wire::decode_error(&error))),
            Outcome::Pending(future) => self.wait(op, future).await,
        }
    }

    /// Waits for a pending answer: first for a place, then for the provider, both within one deadline.
    pub(super) async fn wait<T>(&self, op: CrashOp, future: FfiFuture<Res<T>>) -> Result<T, CallError> {
        let (began, _waiting) = (clock::now(), self.enter());
        let (place, turn) = self.place().await?;
        let left = self.timeout.saturating_sub(clock::since(began));
        let result = tokio::time::timeout(left, finish::pending(self.crumb.op(op), None, future)).await;
        drop(place);
        match result {
            Ok(Ok(value)) => {
                self.heard();
                self.waited.fetch_add(1, Ordering::Relaxed);
                self.breaker.succeeded();
                Ok(value)
            }
            // The provider knows the budget, and may notice its end a moment before this side does.
            Ok(Err(error)) if error.kind != ErrorKind::Timeout || clock::since(began) < self.timeout => {
                self.heard();
                Err(self.refused(error))
            }
            Ok(Err(_)) | Err(_) => Err(self.late(turn)),
        }
    }

    /// Takes one of the places.
    async fn place(&self) -> Result<(SemaphorePermit<'_>, Turn), CallError> {
        if let Ok(place) = self.places.try_acquire() {
            self.heard();
            return Ok((place, Turn::AtOnce));
        }
        let after = self.timeout / QUEUE_PART;
        match tokio::time::timeout(after, self.places.acquire()).await {
            Ok(Ok(place)) => Ok((place, Turn::Queued)),
            // Says nothing of the provider, which was not called. The semaphore is never closed.
            Ok(Err(_)) | Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                Err(CallError::Overloaded { provider: self.provider.clone(), limit: self.limit, after })
            }
        }
    }

    /// Notes a call that got no answer in time.
    ///
    /// It speaks of the provider where that had the call for its whole time; or where it has answered nobody for as
    /// long, or else one that hangs with every place taken would never be left alone.
    #[cold]
    fn late(&self, turn: Turn) -> CallError {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let silent = self.now_ms().saturating_sub(self.silent_since.load(Ordering::Relaxed));
        if turn == Turn::AtOnce || u128::from(silent) >= self.timeout.as_millis() {
            self.breaker.failed(ErrorKind::Timeout);
        }
        CallError::Deadline { provider: self.provider.clone(), after: self.timeout }
    }

    fn heard(&self) {
        self.silent_since.store(self.now_ms(), Ordering::Relaxed);
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(clock::since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes an answer that came at once.
    #[inline]
    pub(super) fn answered_at_once(&self) {
        self.ready.add();
        self.breaker.succeeded();
    }

    /// Notes the provider's error.
    #[cold]
    pub(super) fn refused(&self, error: ProviderError) -> CallError {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.breaker.failed(error.kind);
        self.said(error)
    }

    /// Returns the provider's error as callers get it: without its secrets, and with the versions where they matter.
    #[cold]
    pub(super) fn said(&self, error: ProviderError) -> CallError {
        let error = ProviderError { message: self.redactor.clean(error.message), ..error };
        CallError::Provider { provider: self.provider.clone(), error: with_skew(error, self.skew.as_deref()) }
    }
}
