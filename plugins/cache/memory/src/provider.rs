//! The store as a cache provider. Every call answers at once, on the caller's thread.

use std::sync::Arc;

use outrigger_plugin_api::sdk::{
    Bytes, Call, Host, ProviderError, RunOn,
    cache::{CacheProvider, Capabilities, Group, Op, OpResult, Reply, ScanPage, ScanRequest, Size, Watched},
};
use parking_lot::Mutex;

use crate::{
    GroupOutcome, Settings, Store,
    reclaim::Reclaimer,
    translate::{answer, answered, operation, refused, token},
};

/// The memory cache.
pub struct MemoryCache {
    store: Arc<Store>,
    /// `None` after shutdown.
    reclaimer: Mutex<Option<Reclaimer>>,
}

impl MemoryCache {
    /// Returns the store behind, for measurements.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn one(&self, op: &Op<impl AsRef<[u8]>>) -> OpResult {
        // A hit is what a cache is for: it takes the short way past the executor.
        if let Op::Get { key } = op {
            return Ok(self.store.get(key.as_ref()).map_or(Reply::Missing, |value| Reply::Value(value.into_blob())));
        }
        answer(op, |op| self.store.run(op))
    }
}

impl CacheProvider for MemoryCache {
    type Settings = Settings;
    const CAPABILITIES: Capabilities = Capabilities::ALL;
    const RUN_ON: RunOn = RunOn::Caller;
    const ALWAYS_READY: bool = true;

    async fn start(settings: Settings, _host: Host) -> Result<Self, ProviderError> {
        let limits = settings.limits()?;
        let store = Arc::new(Store::new(limits));
        let reclaimer = Reclaimer::start(store.clone(), settings.reclaim_every.0)
            .map_err(|error| ProviderError::internal(format!("can't start a thread: {error}")))?;
        tracing::debug!(capacity_bytes = limits.capacity, "memory cache is empty and ready");
        Ok(Self { store, reclaimer: Mutex::new(Some(reclaimer)) })
    }

    fn run_now(&self, _call: &Call, op: &Op<&[u8]>) -> Option<OpResult> {
        Some(self.one(op))
    }

    async fn run(&self, _call: Call, ops: Vec<Op<Bytes>>) -> Result<Vec<OpResult>, ProviderError> {
        Ok(ops.iter().map(|op| self.one(op)).collect())
    }

    async fn group(&self, _call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Result<Group, ProviderError> {
        let marks: Result<Vec<_>, _> =
            watched.iter().map(|w| token(&w.token).map(|token| (&w.key[..], token))).collect();
        let translated: Result<Vec<_>, _> = ops.iter().map(operation).collect();
        Ok(match self.store.group(&translated?, &marks?) {
            GroupOutcome::Aborted => Group::Changed,
            GroupOutcome::Done(results) => {
                Group::Ran(ops.iter().zip(results).map(|(op, result)| answered(op, result)).collect())
            }
        })
    }

    async fn scan(&self, _call: Call, request: ScanRequest) -> Result<ScanPage, ProviderError> {
        // A number in decimal, as Redis' own, so that clients of Redis get it as it is.
        let foreign = || ProviderError::invalid("the cursor is not one this cache gave");
        let text = std::str::from_utf8(&request.cursor).map_err(|_| foreign())?;
        let cursor = if text.is_empty() { 0 } else { text.parse().map_err(|_| foreign())? };
        let count = usize::try_from(request.count).unwrap_or(usize::MAX);
        let scan = crate::Op::Scan { cursor, prefix: &request.prefix, count };
        match self.store.run(scan).map_err(refused)? {
            crate::Reply::Keys(page) => Ok(ScanPage {
                next: (page.next != 0).then(|| page.next.to_string().into()),
                keys: page.keys.into_iter().map(Bytes::from).collect(),
            }),
            other => Err(ProviderError::internal(format!("a scan gave {other:?}"))),
        }
    }

    async fn clear(&self, _call: Call, prefix: Bytes) -> Result<u64, ProviderError> {
        let op = if prefix.is_empty() { crate::Op::Clear } else { crate::Op::ClearPrefix { prefix: &prefix } };
        match self.store.run(op).map_err(refused)? {
            crate::Reply::Count(count) => Ok(u64::try_from(count).unwrap_or(u64::MAX)),
            other => Err(ProviderError::internal(format!("a clear gave {other:?}"))),
        }
    }

    async fn size(&self, _call: Call) -> Result<Size, ProviderError> {
        let size = self.store.size();
        let count = |number: usize| u64::try_from(number).ok();
        Ok(Size { entries: count(size.entries), bytes: count(size.bytes) })
    }

    async fn shutdown(&self, _call: Call) -> Result<(), ProviderError> {
        drop(self.reclaimer.lock().take());
        Ok(())
    }
}
