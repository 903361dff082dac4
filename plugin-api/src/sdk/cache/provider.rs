//! The trait a cache plugin implements.

use std::future::Future;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Capabilities, Op, OpResult};
use crate::sdk::{Call, Health, Host, ProviderError, RunOn};

/// A key with the token its state had when it was read by `Op::Token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The key.
    pub key: Bytes,
    /// Its token then.
    pub token: Bytes,
}

/// The outcome of a group.
#[derive(Debug, PartialEq)]
pub enum Group {
    /// Every operation ran as one atomic step; one result each, in order.
    Ran(Vec<OpResult>),
    /// A watched key had changed; nothing ran.
    Changed,
}

/// Which keys to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRequest {
    /// Where the last page ended; empty to start.
    pub cursor: Bytes,
    /// Keys must begin with this; empty = all.
    pub prefix: Bytes,
    /// About how many keys to look at for one page; a page may hold more, fewer or none.
    pub count: u32,
}

/// One page of keys. A key present during the whole scan appears at least once over all pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPage {
    /// The cursor of the next page; `None` on the last.
    pub next: Option<Bytes>,
    /// The keys found.
    pub keys: Vec<Bytes>,
}

/// How much a cache holds, as far as it can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Live entries.
    pub entries: Option<u64>,
    /// Bytes by the provider's own count.
    pub bytes: Option<u64>,
}

/// A cache. Methods may be called at the same time from many threads.
///
/// A dropped future must leave the cache consistent: a write then either happened or did not.
pub trait CacheProvider: Sized + Send + Sync + 'static {
    /// The provider's settings, described by the schema in the manifest.
    type Settings: DeserializeOwned + JsonSchema + Send + 'static;
    /// What the provider can do; the host refuses the rest by name without calling.
    const CAPABILITIES: Capabilities;
    /// Where async bodies run.
    const RUN_ON: RunOn = RunOn::OwnRuntime;
    /// `true` where [`Self::run_now`] always answers: then batches stay on the calling thread too.
    const ALWAYS_READY: bool = false;

    /// Starts the provider: opens connections, reads files. Errors of kind `settings` are shown to the person
    /// who wrote plugins.toml.
    fn start(settings: Self::Settings, host: Host) -> impl Future<Output = Result<Self, ProviderError>> + Send;

    /// Answers at once if possible, without waiting, locking for long, or allocating; `None` sends the call
    /// through [`Self::run`].
    fn run_now(&self, _call: &Call, _op: &Op<&[u8]>) -> Option<OpResult> {
        None
    }

    /// Runs operations in order and returns exactly one result each. An outer error fails them all.
    fn run(&self, call: Call, ops: Vec<Op<Bytes>>)
    -> impl Future<Output = Result<Vec<OpResult>, ProviderError>> + Send;

    /// Runs operations as one atomic step if every watched token still matches.
    fn group(
        &self,
        _call: Call,
        _watched: Vec<Watched>,
        _ops: Vec<Op<Bytes>>,
    ) -> impl Future<Output = Result<Group, ProviderError>> + Send {
        async { Err(ProviderError::unsupported("run atomic groups")) }
    }

    /// Lists keys.
    fn scan(&self, _call: Call, _request: ScanRequest) -> impl Future<Output = Result<ScanPage, ProviderError>> + Send {
        async { Err(ProviderError::unsupported("list keys")) }
    }

    /// Deletes every key that begins with `prefix` (all where empty) and returns how many.
    fn clear(&self, _call: Call, _prefix: Bytes) -> impl Future<Output = Result<u64, ProviderError>> + Send {
        async { Err(ProviderError::unsupported("clear")) }
    }

    /// Tells how much is held.
    fn size(&self, _call: Call) -> impl Future<Output = Result<Size, ProviderError>> + Send {
        async { Err(ProviderError::unsupported("tell its size")) }
    }

    /// Tells whether the provider can serve; cheap, called every few seconds.
    fn health(&self, _call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send {
        async { Ok(Health::Serving) }
    }

    /// Returns once everything accepted before is with the backend.
    fn flush(&self, _call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        async { Ok(()) }
    }

    /// Ends the provider's own work. Called once, after the last call; dropped afterwards.
    fn shutdown(&self, _call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        async { Ok(()) }
    }
}
