//! The provider: operations in, pipelines out.

use std::time::Duration;

use outrigger_plugin_api::{
    sdk::{
        Bytes, Call, Health, Host, ProviderError,
        cache::{CacheProvider, Capabilities, Group, Op, OpResult, Reply, ScanPage, ScanRequest, Size, Watched},
    },
    tracing,
};
use outrigger_redis_commands::{Keyspace, decode, encode};

use crate::{
    form::{Packed, answer},
    link::{Limit, Link},
    settings::Settings,
};

/// A cache in Redis.
pub struct RedisCache {
    pub(crate) link: Link,
    pub(crate) space: Keyspace,
    response_timeout: Duration,
}

impl RedisCache {
    pub(crate) fn limit(&self, call: &Call) -> Limit {
        Limit::of(call, self.response_timeout)
    }

    /// Turns a key of RANDOMKEY into the host's, or looks for one where it was none of this provider's.
    async fn own_key(&self, call: &Call, result: OpResult) -> OpResult {
        match result? {
            Reply::Value(key) => match self.space.inner(key.as_ref().to_vec()) {
                Some(key) => Ok(Reply::Value(key.into())),
                None => self.any_key(call).await,
            },
            Reply::Missing if self.link.is_cluster() => self.any_key(call).await,
            other => Ok(other),
        }
    }

    async fn own_keys(&self, call: &Call, ops: &[Op<Bytes>], results: &mut Vec<OpResult>) {
        for (op, result) in ops.iter().zip(results) {
            if matches!(op, Op::RandomKey) {
                let found = std::mem::replace(result, Ok(Reply::Missing));
                *result = self.own_key(call, found).await;
            }
        }
    }
}

impl CacheProvider for RedisCache {
    type Settings = Settings;
    const CAPABILITIES: Capabilities = Capabilities::ALL;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let link = Link::open(&settings).await?;
        tracing::info!(mode = ?settings.mode, connections = settings.connections, "`{}` is connected", host.name());
        let space = Keyspace::new(settings.key_prefix);
        Ok(Self { link, space, response_timeout: settings.response_timeout.0 })
    }

    async fn run(&self, call: Call, ops: Vec<Op<Bytes>>) -> Result<Vec<OpResult>, ProviderError> {
        let mut cmds = Vec::with_capacity(ops.len());
        let mut refused: Vec<Option<ProviderError>> = Vec::with_capacity(ops.len());
        for op in &ops {
            match encode::<Packed>(&self.space, op) {
                Ok(command) => {
                    cmds.push((command.words.0, command.key));
                    refused.push(None);
                }
                Err(error) => refused.push(Some(error)),
            }
        }
        let mut answers = self.link.run(self.limit(&call), cmds).await.into_iter();
        let short = || Err(ProviderError::internal("an operation got no answer"));
        let result = |(op, refused): (&Op<Bytes>, Option<ProviderError>)| match refused {
            Some(error) => Err(error),
            None => answers.next().unwrap_or_else(short).and_then(|value| decode(op, answer(value))),
        };
        let mut results: Vec<OpResult> = ops.iter().zip(refused).map(result).collect();
        self.own_keys(&call, &ops, &mut results).await;
        Ok(results)
    }

    async fn group(&self, call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Result<Group, ProviderError> {
        let mut group = self.run_group(call, watched, ops.clone()).await?;
        if let Group::Ran(results) = &mut group {
            self.own_keys(&call, &ops, results).await;
        }
        Ok(group)
    }

    async fn scan(&self, call: Call, request: ScanRequest) -> Result<ScanPage, ProviderError> {
        self.list(call, request).await
    }

    async fn clear(&self, call: Call, prefix: Bytes) -> Result<u64, ProviderError> {
        self.remove(call, prefix).await
    }

    async fn size(&self, call: Call) -> Result<Size, ProviderError> {
        self.count(call).await
    }

    async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        self.link.ping(self.limit(&call)).await?;
        Ok(self.link.concern().map_or(Health::Serving, Health::Degraded))
    }
}
