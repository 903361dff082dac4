//! Lets the conformance suites run over providers that a host has loaded.

use outrigger::{cache::Cache, call::CallError};
use outrigger_plugin_api::{
    conformance::cache::{Answer, Subject},
    sdk::{
        Bytes, Call, ErrorKind, ProviderError,
        cache::{Capabilities, Group, Op, OpResult, ScanPage, ScanRequest, Size, Watched},
    },
};

/// The cache of a host: every call passes gate, seam and library.
#[derive(Debug)]
pub struct LoadedCache(pub Cache);

/// The suite knows the providers' errors; what the host itself says is put into their kinds.
pub(crate) fn provider_error(error: CallError) -> ProviderError {
    match error {
        CallError::Provider { error, .. } => error,
        CallError::Unsupported { what, .. } => ProviderError::unsupported(&what),
        CallError::Deadline { .. } => ProviderError::new(ErrorKind::Timeout, error.to_string()),
        CallError::Overloaded { .. } => ProviderError::new(ErrorKind::Overloaded, error.to_string()),
        other => ProviderError::unavailable(other.to_string()),
    }
}

impl Subject for LoadedCache {
    fn capabilities(&self) -> Capabilities {
        self.0.calls().capabilities().unwrap_or_default()
    }

    fn run(&self, _call: Call, ops: Vec<Op<Bytes>>) -> Answer<'_, Vec<OpResult>> {
        Box::pin(async move {
            // One operation takes the single call, several the batch: both ways over the seam are covered.
            match ops.as_slice() {
                [op] => match self.0.calls().run(op).await {
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
