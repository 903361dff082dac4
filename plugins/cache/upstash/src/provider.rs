//! The provider: operations in, requests out.

use outrigger_plugin_api::sdk::{
    Bytes, Call, Health, Host, ProviderError, RunOn,
    cache::{CacheProvider, Capabilities, Group, Op, OpResult, Reply, ScanPage, ScanRequest, Size, Watched},
};
use outrigger_redis_commands::{Keyspace, List, decode, encode};

use crate::{
    rest::{Asking, Repeat, Rest},
    settings::Settings,
};

/// A cache in Upstash Redis.
pub struct UpstashCache {
    pub(crate) rest: Rest,
    pub(crate) space: Keyspace,
}

/// Tells whether operations change nothing.
fn repeat(ops: &[Op<Bytes>]) -> Repeat {
    let reads = |op: &Op<Bytes>| {
        matches!(
            op,
            Op::Get { .. }
                | Op::Exists { .. }
                | Op::Ttl { .. }
                | Op::Length { .. }
                | Op::GetRange { .. }
                | Op::RandomKey
                | Op::Token { .. }
        )
    };
    if ops.iter().all(reads) { Repeat::Safe } else { Repeat::Unsafe }
}

impl UpstashCache {
    /// Turns keys of RANDOMKEY into the host's, or looks for one where it was none of this provider's.
    async fn own_keys(&self, asking: &Asking, ops: &[Op<Bytes>], results: &mut [OpResult]) {
        for (op, result) in ops.iter().zip(results) {
            if let (Op::RandomKey, Ok(Reply::Value(key))) = (op, &*result) {
                *result = match self.space.inner(key.as_ref().to_vec()) {
                    Some(key) => Ok(Reply::Value(key.into())),
                    None => self.any_key(asking).await,
                };
            }
        }
    }
}

impl CacheProvider for UpstashCache {
    type Settings = Settings;
    const CAPABILITIES: Capabilities = Capabilities::ALL;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        let space = Keyspace::new(settings.key_prefix.clone());
        Ok(Self { rest: Rest::new(settings, &host)?, space })
    }

    async fn run(&self, call: Call, ops: Vec<Op<Bytes>>) -> Result<Vec<OpResult>, ProviderError> {
        let asking = Asking::of(&call, repeat(&ops));
        let commands: Vec<_> = ops.iter().map(|op| encode::<List>(&self.space, op)).collect();
        let sent: Vec<_> = commands.iter().flatten().cloned().collect();
        let mut answers = self.rest.run(&asking, &sent).await.into_iter();
        let short = || Err(ProviderError::internal("an operation got no answer"));
        let result = |(op, command): (&Op<Bytes>, Result<_, ProviderError>)| {
            command?;
            answers.next().unwrap_or_else(short).and_then(|answer| decode(op, answer))
        };
        let mut results: Vec<OpResult> = ops.iter().zip(commands).map(result).collect();
        self.own_keys(&asking, &ops, &mut results).await;
        Ok(results)
    }

    async fn group(&self, call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Result<Group, ProviderError> {
        let asking = Asking::of(&call, repeat(&ops));
        let mut group = self.run_group(&asking, watched, &ops).await?;
        if let Group::Ran(results) = &mut group {
            self.own_keys(&asking, &ops, results).await;
        }
        Ok(group)
    }

    async fn scan(&self, call: Call, request: ScanRequest) -> Result<ScanPage, ProviderError> {
        self.list(&Asking::of(&call, Repeat::Safe), request).await
    }

    async fn clear(&self, call: Call, prefix: Bytes) -> Result<u64, ProviderError> {
        self.remove(&Asking::of(&call, Repeat::Unsafe), prefix).await
    }

    async fn size(&self, call: Call) -> Result<Size, ProviderError> {
        self.count(&Asking::of(&call, Repeat::Safe)).await
    }

    async fn health(&self, _call: Call) -> Result<Health, ProviderError> {
        Ok(self.rest.health())
    }
}
