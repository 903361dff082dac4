//! Drives an exported plugin through its own tables, without a library file: every byte is encoded, guarded and
//! decoded as it is across the seam.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Answer, Subject};
use crate::abi::{Blob, BuiltCache, CallView, InstanceView, OpView, Outcome, RResult, RSlice, Res, WatchView, wire};
use crate::export::Plugin;
use crate::manifest::Manifest;
use crate::sdk::cache::{Capabilities, Group, Op, OpResult, ScanPage, ScanRequest, Size, Watched};
use crate::sdk::{Bytes, Call, Health, ProviderError};

/// A provider of an exported plugin, started in this process.
pub struct InProcess {
    built: BuiltCache,
    capabilities: Capabilities,
}

impl InProcess {
    /// Starts a provider of the plugin `P` (the `OutriggerPlugin` that `export_plugin!` makes).
    ///
    /// # Errors
    /// What the plugin says, or `internal` where its manifest can't be read.
    pub async fn start<P: Plugin>(name: &str, settings_json: &str) -> Result<Self, ProviderError> {
        // One process may start several; their log lines must not mix.
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let manifest: Manifest = serde_json::from_slice(P::manifest())
            .map_err(|error| ProviderError::internal(format!("the manifest can't be read: {error}")))?;
        let outcome = P::start_cache(&InstanceView {
            instance: NUMBER.fetch_add(1, Ordering::Relaxed),
            kind: crate::manifest::Kind::Cache.code(),
            flags: 0,
            workers: 2,
            name: RSlice::from_slice(name.as_bytes()),
            settings: RSlice::from_slice(settings_json.as_bytes()),
            reserved: [0; 4],
        });
        Ok(Self { built: settle(outcome).await?, capabilities: Capabilities(manifest.capabilities) })
    }

    /// Asks the provider whether it can serve.
    ///
    /// # Errors
    /// The provider's own.
    pub async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        let view = settle(self.built.life.health(&CallView::from(&call))).await?;
        let text = view.message.text().unwrap_or_default().into_owned();
        Ok(if view.state == 0 { Health::Serving } else { Health::Degraded(text) })
    }

    /// Ends the provider's own work.
    ///
    /// # Errors
    /// The provider's own.
    pub async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        settle(self.built.life.shutdown(&CallView::from(&call))).await
    }
}

impl Subject for InProcess {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn run(&self, call: Call, ops: Vec<Op<Bytes>>) -> Answer<'_, Vec<OpResult>> {
        let call = CallView::from(&call);
        // A single operation has its own way in; both ways must behave alike.
        if let [only] = ops.as_slice() {
            let outcome = self.built.cache.run(&call, &wire::encode_op(only));
            return Box::pin(async move { Ok(vec![settle(outcome).await.and_then(wire::decode_reply)]) });
        }
        let views: Vec<OpView<'_>> = ops.iter().map(wire::encode_op).collect();
        let outcome = self.built.cache.batch(&call, RSlice::from_slice(&views));
        Box::pin(async move { Ok(settle(outcome).await?.into_iter().map(wire::decode_result).collect()) })
    }

    fn group(&self, call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Answer<'_, Group> {
        let watches: Vec<WatchView<'_>> =
            watched.iter().map(|w| WatchView { key: slice(&w.key), token: slice(&w.token) }).collect();
        let views: Vec<OpView<'_>> = ops.iter().map(wire::encode_op).collect();
        let (watches, views) = (RSlice::from_slice(&watches), RSlice::from_slice(&views));
        let outcome = self.built.cache.group(&CallView::from(&call), watches, views);
        Box::pin(async move {
            let view = settle(outcome).await?;
            let replies = || view.replies.into_iter().map(wire::decode_result).collect();
            Ok(if view.ran == 0 { Group::Changed } else { Group::Ran(replies()) })
        })
    }

    fn scan(&self, call: Call, request: ScanRequest) -> Answer<'_, ScanPage> {
        let (cursor, prefix) = (slice(&request.cursor), slice(&request.prefix));
        let outcome = self.built.cache.scan(&CallView::from(&call), cursor, prefix, request.count);
        Box::pin(async move {
            let view = settle(outcome).await?;
            let next = Some(Bytes::from(view.next)).filter(|cursor| !cursor.is_empty());
            Ok(ScanPage { next, keys: view.keys.into_iter().map(|key: Blob| Bytes::from(key)).collect() })
        })
    }

    fn clear(&self, call: Call, prefix: Bytes) -> Answer<'_, u64> {
        Box::pin(settle(self.built.cache.clear(&CallView::from(&call), slice(&prefix))))
    }

    fn size(&self, call: Call) -> Answer<'_, Size> {
        let outcome = self.built.cache.size(&CallView::from(&call));
        Box::pin(async move {
            let view = settle(outcome).await?;
            let known = |count| Some(count).filter(|count| *count != u64::MAX);
            Ok(Size { entries: known(view.entries), bytes: known(view.bytes) })
        })
    }
}

fn slice(bytes: &Bytes) -> RSlice<'_, u8> {
    RSlice::from_slice(bytes)
}

/// Waits for an outcome and turns it into the authoring layer's result.
async fn settle<T>(outcome: Outcome<T>) -> Result<T, ProviderError> {
    let result: Res<T> = match outcome {
        Outcome::Ready(result) => result,
        Outcome::Pending(future) => future.await,
    };
    match result {
        RResult::ROk(value) => Ok(value),
        RResult::RErr(error) => Err(wire::decode_error(&error)),
    }
}
