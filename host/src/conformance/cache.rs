//! A loaded cache as the suite of caches sees it.

use outrigger_plugin_api::{
    conformance::cache::{Answer, Subject},
    sdk::{
        Bytes, Call,
        cache::{Capabilities, Group, Op, OpResult, ScanPage, ScanRequest, Size, Watched},
    },
};

use super::provider_error;
use crate::call::CacheCalls;

/// The calls into a loaded cache. The time a call may take is the provider's `timeout`, whatever the suite says.
#[derive(Debug)]
pub struct LoadedCache(pub CacheCalls);

impl Subject for LoadedCache {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities().unwrap_or_default()
    }

    fn run(&self, _call: Call, ops: Vec<Op<Bytes>>) -> Answer<'_, Vec<OpResult>> {
        Box::pin(async move {
            // One operation takes the single call, several the batch: both ways over the seam are covered.
            match ops.as_slice() {
                [op] => match self.0.run(op).await {
                    Ok(reply) => Ok(vec![Ok(reply)]),
                    Err(error) => Ok(vec![Err(provider_error(error))]),
                },
                ops => self.0.batch(ops).await.map_err(provider_error),
            }
        })
    }

    fn group(&self, _call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Answer<'_, Group> {
        Box::pin(async move { self.0.group(&watched, &ops).await.map_err(provider_error) })
    }

    fn scan(&self, _call: Call, request: ScanRequest) -> Answer<'_, ScanPage> {
        Box::pin(async move { self.0.scan(&request).await.map_err(provider_error) })
    }

    fn clear(&self, _call: Call, prefix: Bytes) -> Answer<'_, u64> {
        Box::pin(async move { self.0.clear(&prefix).await.map_err(provider_error) })
    }

    fn size(&self, _call: Call) -> Answer<'_, Size> {
        Box::pin(async move { self.0.size().await.map_err(provider_error) })
    }
}
