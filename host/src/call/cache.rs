//! Calls into the active cache provider. The ready path neither allocates, nor reads the clock, nor leaves the thread.

mod checks;

use std::sync::Arc;

use outrigger_plugin_api::{
    abi::{Blob, CacheBox, CallView, Outcome, RResult, RSlice, WatchView, read, wire},
    sdk::{
        Bytes,
        cache::{Ability, Capabilities, Group, Op, OpResult, Reply, ScanPage, ScanRequest, Size, Value, Watched},
    },
};

use super::CallError;
use crate::{
    config::Kind,
    crash,
    plugin::{Api, Provider, Slot, State, Switch},
};
use checks::{broken, counted, require, require_ability};

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

/// The active cache provider behind its bounds, whichever it is: a call runs on the one that is active when it begins.
#[derive(Debug, Clone)]
pub struct CacheCalls {
    switch: Arc<Switch>,
}

/// A call that has begun.
struct Begun<T> {
    op: crash::Op,
    outcome: Outcome<T>,
    slot: Arc<Slot>,
}

impl<T> Begun<T> {
    async fn finish(self) -> Result<(T, Arc<Slot>), CallError> {
        let value = self.slot.gate.finish(self.op, self.outcome).await?;
        Ok((value, self.slot))
    }
}

impl CacheCalls {
    /// Returns the calls of the cache in the present registry.
    pub const fn new(switch: Arc<Switch>) -> Self {
        Self { switch }
    }

    /// Returns the name of the active provider; empty where there is none.
    pub fn provider(&self) -> String {
        self.switch.with_cache(|slot| slot.map(|slot| slot.config.name.clone()).unwrap_or_default())
    }

    /// Returns what the provider can do.
    ///
    /// # Errors
    /// `provider.none`, `provider.not_running`.
    pub fn capabilities(&self) -> Result<Capabilities, CallError> {
        self.switch.with_cache(|slot| running(slot).map(|(_, provider, _)| provider.capabilities()))
    }

    /// Reads one value if the provider answers at once, into `found`, which is empty before.
    ///
    /// Answers in a register and takes no error's way: whatever is not plain goes through [`Self::run`]. Inlined into
    /// the caller, the value is read where the plugin wrote it.
    #[inline]
    pub fn read(&self, key: &[u8], found: &mut Value) -> Read {
        self.switch.with_cache(|slot| {
            let Some(slot) = slot else { return Read::Ask };
            let State::Running(provider) = slot.state() else { return Read::Ask };
            let Api::Cache(cache) = &provider.api else { return Read::Ask };
            if !slot.gate.breaker.is_closed() {
                return Read::Ask;
            }
            let read = || cache.read(slot.gate.frame(), RSlice::from_slice(key), found);
            let answer = match slot.gate.crumb.op(crash::Op::Read).during(read) {
                read::FOUND if found.bytes().is_some() => Read::Found,
                read::MISSING => Read::Missing,
                read::FOUND => {
                    // Not freed: a blob that lies about its length can't be trusted to free itself.
                    std::mem::forget(std::mem::replace(found, Blob::empty()));
                    return Read::Ask;
                }
                _ => return Read::Ask,
            };
            slot.gate.answered_at_once();
            answer
        })
    }

    /// Runs one operation. Dropping the future aborts a waiting call; a write then may or may not have happened.
    ///
    /// # Errors
    /// Any [`CallError`]; [`CallError::retry_can_help`] tells which are worth another try.
    #[inline]
    pub async fn run<B: AsRef<[u8]> + Sync>(&self, op: &Op<B>) -> Result<Reply, CallError> {
        let begun = self.switch.with_cache(|slot| {
            let (slot, provider, cache) = running(slot)?;
            slot.gate.admit()?;
            require(provider, op)?;
            let run = || cache.run(slot.gate.frame(), &wire::encode_op(op));
            match slot.gate.crumb.op(crash::Op::Run).during(run) {
                // Left here and not in the gate: no await point stands on the ready path.
                Outcome::Ready(RResult::ROk(view)) => {
                    slot.gate.answered_at_once();
                    wire::decode_reply(view).map(Ok).map_err(|error| slot.gate.said(error))
                }
                Outcome::Ready(RResult::RErr(error)) => Err(slot.gate.refused(wire::decode_error(&error))),
                Outcome::Pending(future) => Ok(Err((future, slot.clone()))),
            }
        });
        let (future, slot) = match begun? {
            Ok(reply) => return Ok(reply),
            Err(pending) => pending,
        };
        let view = slot.gate.wait(crash::Op::Run, future).await?;
        wire::decode_reply(view).map_err(|error| slot.gate.said(error))
    }

    /// Runs operations in order, each with its own result; crosses the seam once. Not atomic as a whole.
    ///
    /// # Errors
    /// A [`CallError`] for the whole batch; single failures stand in the results.
    pub async fn batch<B: AsRef<[u8]> + Sync>(&self, ops: &[Op<B>]) -> Result<Vec<OpResult>, CallError> {
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        let begun = self.begin(crash::Op::Batch, |provider, cache, frame| {
            ops.iter().try_for_each(|op| require(provider, op))?;
            let views: Vec<_> = ops.iter().map(wire::encode_op).collect();
            Ok(cache.batch(frame, RSlice::from_slice(&views)))
        })?;
        let (replies, slot) = begun.finish().await?;
        counted(&slot, ops.len(), replies)
    }

    /// Runs operations as one atomic step if every watched token still matches.
    ///
    /// # Errors
    /// As [`Self::batch`]; `provider.unsupported` where the provider has no groups.
    pub async fn group<B: AsRef<[u8]> + Sync>(&self, watched: &[Watched], ops: &[Op<B>]) -> Result<Group, CallError> {
        let begun = self.begin(crash::Op::Group, |provider, cache, frame| {
            require_ability(provider, Ability::Group, "run atomic groups")?;
            ops.iter().try_for_each(|op| require(provider, op))?;
            let marks: Vec<_> = watched
                .iter()
                .map(|w| WatchView { key: RSlice::from_slice(&w.key), token: RSlice::from_slice(&w.token) })
                .collect();
            let views: Vec<_> = ops.iter().map(wire::encode_op).collect();
            Ok(cache.group(frame, RSlice::from_slice(&marks), RSlice::from_slice(&views)))
        })?;
        let (view, slot) = begun.finish().await?;
        if view.ran == 0 {
            return Ok(Group::Changed);
        }
        counted(&slot, ops.len(), view.replies).map(Group::Ran)
    }

    /// Lists keys by prefix.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn scan(&self, request: &ScanRequest) -> Result<ScanPage, CallError> {
        let begun = self.begin(crash::Op::Scan, |provider, cache, frame| {
            require_ability(provider, Ability::Scan, "list keys")?;
            let (cursor, prefix) = (RSlice::from_slice(&request.cursor), RSlice::from_slice(&request.prefix));
            Ok(cache.scan(frame, cursor, prefix, request.count))
        })?;
        let (page, slot) = begun.finish().await?;
        let lies = || broken(&slot, "a page of keys that can't be");
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
        let begun = self.begin(crash::Op::Clear, |provider, cache, frame| {
            require_ability(provider, Ability::Clear, "clear")?;
            Ok(cache.clear(frame, RSlice::from_slice(prefix)))
        })?;
        begun.finish().await.map(|(cleared, _)| cleared)
    }

    /// Tells how much the cache holds.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn size(&self) -> Result<Size, CallError> {
        let begun = self.begin(crash::Op::Size, |provider, cache, frame| {
            require_ability(provider, Ability::Size, "tell its size")?;
            Ok(cache.size(frame))
        })?;
        let (view, _) = begun.finish().await?;
        let known = |number| (number != u64::MAX).then_some(number);
        Ok(Size { entries: known(view.entries), bytes: known(view.bytes) })
    }

    /// Begins a call: the provider runs, is a cache, and the breaker lets it through.
    fn begin<T>(
        &self,
        op: crash::Op,
        ask: impl Fn(&Provider, &CacheBox, &CallView) -> Result<Outcome<T>, CallError>,
    ) -> Result<Begun<T>, CallError> {
        self.switch.with_cache(|slot| {
            let (slot, provider, cache) = running(slot)?;
            slot.gate.admit()?;
            let outcome = slot.gate.crumb.op(op).during(|| ask(provider, cache, slot.gate.frame()))?;
            Ok(Begun { op, outcome, slot: slot.clone() })
        })
    }
}

#[inline]
fn running(slot: Option<&Arc<Slot>>) -> Result<(&Arc<Slot>, &Provider, &CacheBox), CallError> {
    let Some(slot) = slot else { return Err(CallError::NoProvider { kind: Kind::Cache.as_str() }) };
    let provider = slot.running()?;
    match &provider.api {
        Api::Cache(cache) => Ok((slot, provider, cache)),
        Api::Sink(_) => Err(slot.not_running("it is no cache")),
    }
}
