//! Calls into the active cache provider. The ready path neither allocates, nor reads the clock, nor leaves the thread.

use std::sync::Arc;

use outrigger_plugin_api::{
    abi::{Blob, CacheBox, Outcome, RResult, RSlice, RVec, ReplyView, Res, WatchView, read, wire},
    sdk::{
        Bytes,
        cache::{
            Ability, Capabilities, Group, Op, OpCode, OpResult, Reply, ScanPage, ScanRequest, Size, Value, Watched,
        },
    },
};

use super::CallError;
use crate::plugin::{Api, Provider, Slot, State};

/// Most keys one page of a scan may bring: a bound on what a provider can make the host hold.
const SCAN_KEYS_MAX: usize = 1_000_000;

/// What [`CacheCalls::read`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The value.
    Found,
    /// There is none.
    Missing,
    /// Not answered: ask by [`CacheCalls::run`].
    Ask,
}

/// The active cache provider behind its bounds.
#[derive(Debug, Clone)]
pub struct CacheCalls {
    slot: Arc<Slot>,
}

impl CacheCalls {
    /// Returns the calls of a slot.
    pub const fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// Returns the slot.
    pub const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// Returns what the provider can do.
    ///
    /// # Errors
    /// `provider.not_running`.
    pub fn capabilities(&self) -> Result<Capabilities, CallError> {
        self.with(|provider, _| Ok(provider.capabilities()))
    }

    /// Reads one value if the provider answers at once, into `found`, which is empty before.
    ///
    /// Answers in a register and takes no error's way: whatever is not plain goes through [`Self::run`]. Inlined into
    /// the caller, the value is read where the plugin wrote it.
    #[inline]
    pub fn read(&self, key: &[u8], found: &mut Value) -> Read {
        self.slot.with_state(|state| {
            let State::Running(Provider { api: Api::Cache(cache), .. }) = state else { return Read::Ask };
            if !self.slot.gate.breaker.is_closed() {
                return Read::Ask;
            }
            let answer = match cache.read(self.slot.gate.frame(), RSlice::from_slice(key), found) {
                read::FOUND if found.bytes().is_some() => Read::Found,
                read::MISSING => Read::Missing,
                read::FOUND => {
                    // Not freed: a blob that lies about its length can't be trusted to free itself.
                    std::mem::forget(std::mem::replace(found, Blob::empty()));
                    return Read::Ask;
                }
                _ => return Read::Ask,
            };
            self.slot.gate.answered_at_once();
            answer
        })
    }

    /// Runs one operation. Dropping the future aborts a waiting call; a write then may or may not have happened.
    ///
    /// # Errors
    /// Any [`CallError`]; [`CallError::retry_can_help`] tells which are worth another try.
    #[inline]
    pub async fn run<B: AsRef<[u8]> + Sync>(&self, op: &Op<B>) -> Result<Reply, CallError> {
        let future = {
            let state = self.slot.state();
            let (provider, cache) = self.running(&state)?;
            self.slot.gate.admit()?;
            self.require(provider, op)?;
            match cache.run(self.slot.gate.frame(), &wire::encode_op(op)) {
                // Left here and not in the gate: no await point stands on the ready path.
                Outcome::Ready(RResult::ROk(view)) => {
                    self.slot.gate.answered_at_once();
                    return wire::decode_reply(view).map_err(|error| self.provider_error(error));
                }
                Outcome::Ready(RResult::RErr(error)) => return Err(self.slot.gate.refused(wire::decode_error(&error))),
                Outcome::Pending(future) => future,
            }
        };
        let view = self.slot.gate.wait(future).await?;
        wire::decode_reply(view).map_err(|error| self.provider_error(error))
    }

    /// Runs operations in order, each with its own result; crosses the seam once. Not atomic as a whole.
    ///
    /// # Errors
    /// A [`CallError`] for the whole batch; single failures stand in the results.
    pub async fn batch<B: AsRef<[u8]> + Sync>(&self, ops: &[Op<B>]) -> Result<Vec<OpResult>, CallError> {
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        let outcome = self.with(|provider, cache| {
            ops.iter().try_for_each(|op| self.require(provider, op))?;
            let views: Vec<_> = ops.iter().map(wire::encode_op).collect();
            Ok(cache.batch(self.slot.gate.frame(), RSlice::from_slice(&views)))
        })?;
        let replies = self.slot.gate.finish(outcome).await?;
        self.counted(ops.len(), replies)
    }

    /// Runs operations as one atomic step if every watched token still matches.
    ///
    /// # Errors
    /// As [`Self::batch`]; `provider.unsupported` where the provider has no groups.
    pub async fn group<B: AsRef<[u8]> + Sync>(&self, watched: &[Watched], ops: &[Op<B>]) -> Result<Group, CallError> {
        let outcome = self.with(|provider, cache| {
            self.require_ability(provider, Ability::Group, "run atomic groups")?;
            ops.iter().try_for_each(|op| self.require(provider, op))?;
            let marks: Vec<_> = watched
                .iter()
                .map(|w| WatchView { key: RSlice::from_slice(&w.key), token: RSlice::from_slice(&w.token) })
                .collect();
            let views: Vec<_> = ops.iter().map(wire::encode_op).collect();
            Ok(cache.group(self.slot.gate.frame(), RSlice::from_slice(&marks), RSlice::from_slice(&views)))
        })?;
        let view = self.slot.gate.finish(outcome).await?;
        if view.ran == 0 {
            return Ok(Group::Changed);
        }
        self.counted(ops.len(), view.replies).map(Group::Ran)
    }

    /// Lists keys by prefix.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn scan(&self, request: &ScanRequest) -> Result<ScanPage, CallError> {
        let outcome = self.with(|provider, cache| {
            self.require_ability(provider, Ability::Scan, "list keys")?;
            let (cursor, prefix) = (RSlice::from_slice(&request.cursor), RSlice::from_slice(&request.prefix));
            Ok(cache.scan(self.slot.gate.frame(), cursor, prefix, request.count))
        })?;
        let page = self.slot.gate.finish(outcome).await?;
        let lies = || self.broken("a page of keys that can't be");
        if page.keys.len() > SCAN_KEYS_MAX || page.next.bytes().is_none() {
            return Err(lies());
        }
        let keys: Option<Vec<Bytes>> =
            page.keys.into_iter().map(|key| key.bytes().is_some().then(|| key.into())).collect();
        let next = (page.next.claimed_length() > 0).then(|| page.next.into());
        Ok(ScanPage { next, keys: keys.ok_or_else(lies)? })
    }

    /// Deletes every key with the prefix (all where empty); returns how many.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn clear(&self, prefix: &[u8]) -> Result<u64, CallError> {
        let outcome = self.with(|provider, cache| {
            self.require_ability(provider, Ability::Clear, "clear")?;
            Ok(cache.clear(self.slot.gate.frame(), RSlice::from_slice(prefix)))
        })?;
        self.slot.gate.finish(outcome).await
    }

    /// Tells how much the cache holds.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn size(&self) -> Result<Size, CallError> {
        let outcome = self.with(|provider, cache| {
            self.require_ability(provider, Ability::Size, "tell its size")?;
            Ok(cache.size(self.slot.gate.frame()))
        })?;
        let view = self.slot.gate.finish(outcome).await?;
        let known = |number| (number != u64::MAX).then_some(number);
        Ok(Size { entries: known(view.entries), bytes: known(view.bytes) })
    }

    /// Begins a call: the provider runs, is a cache, and the breaker lets it through.
    fn with<T>(&self, begin: impl FnOnce(&Provider, &CacheBox) -> Result<T, CallError>) -> Result<T, CallError> {
        let state = self.slot.state();
        let (provider, cache) = self.running(&state)?;
        self.slot.gate.admit()?;
        begin(provider, cache)
    }

    #[inline]
    fn running<'a>(&self, state: &'a State) -> Result<(&'a Provider, &'a CacheBox), CallError> {
        match state {
            State::Running(provider) => match &provider.api {
                Api::Cache(cache) => Ok((provider, cache)),
                Api::Sink(_) => Err(self.not_running("it is no cache")),
            },
            State::Failed(failure) => Err(self.not_running(&failure.message)),
            State::Stopped => Err(self.not_running("it was shut down")),
        }
    }

    fn require<B>(&self, provider: &Provider, op: &Op<B>) -> Result<(), CallError> {
        if provider.capabilities().has(op.code()) {
            return Ok(());
        }
        Err(self.lacks(op.code()))
    }

    #[cold]
    fn lacks(&self, op: OpCode) -> CallError {
        CallError::Unsupported { provider: self.slot.config.name.clone(), what: format!("run {op:?}") }
    }

    fn require_ability(&self, provider: &Provider, ability: Ability, what: &str) -> Result<(), CallError> {
        if provider.capabilities().can(ability) {
            return Ok(());
        }
        Err(CallError::Unsupported { provider: provider.name.clone(), what: what.to_owned() })
    }

    fn counted(&self, asked: usize, results: RVec<Res<ReplyView>>) -> Result<Vec<OpResult>, CallError> {
        if results.len() != asked {
            return Err(self.broken(&format!("{} results for {asked} operations", results.len())));
        }
        Ok(results.into_iter().map(wire::decode_result).collect())
    }

    fn broken(&self, what: &str) -> CallError {
        let error = outrigger_plugin_api::sdk::ProviderError::internal(format!("the plugin answered with {what}"));
        self.provider_error(error)
    }

    #[cold]
    fn provider_error(&self, error: outrigger_plugin_api::sdk::ProviderError) -> CallError {
        CallError::Provider { provider: self.slot.config.name.clone(), error }
    }

    #[cold]
    fn not_running(&self, why: &str) -> CallError {
        CallError::NotRunning { provider: self.slot.config.name.clone(), why: why.to_owned() }
    }
}
