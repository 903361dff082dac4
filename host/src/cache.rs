//! The typed cache of the library.

mod get;
mod json;
mod namespace;
mod set;
mod single_flight;

use std::{sync::Arc, time::Duration};

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Expiry, Group, Op, OpResult, Reply, ScanPage, ScanRequest, Size, Value, Watched},
};

use crate::call::{CacheCalls, CallError};

pub use get::Get;
pub use json::JsonError;
pub use set::{Set, SetOutcome};

use single_flight::Flights;

/// The active cache provider. Cheap to clone. Keys and values are bytes; every method crosses the seam once.
///
/// Dropping a method's future aborts a call that waits; a write then may or may not have happened.
/// Every error is a [`CallError`]; [`CallError::retry_can_help`] tells which are worth another try.
#[derive(Debug, Clone)]
pub struct Cache {
    calls: CacheCalls,
    prefix: Bytes,
    flights: Arc<Flights>,
}

impl Cache {
    pub(crate) fn new(calls: CacheCalls) -> Self {
        Self { calls, prefix: Bytes::new(), flights: Arc::default() }
    }

    /// Reads a value; awaiting it gives the value, or `None` where there is none.
    ///
    /// # Errors
    /// As the type says.
    #[inline]
    pub fn get<K: AsRef<[u8]>>(&self, key: K) -> Get<'_, K> {
        Get::new(self, key)
    }

    /// Begins a write; awaiting it writes. Without more words the value stays until evicted.
    pub fn set<'a>(&'a self, key: impl AsRef<[u8]>, value: impl Into<Bytes>) -> Set<'a> {
        Set::new(self, self.key(key.as_ref()), value.into())
    }

    /// Returns the values in the keys' order.
    ///
    /// # Errors
    /// As the type says; one failing key fails all.
    pub async fn get_many<K: AsRef<[u8]>>(&self, keys: &[K]) -> Result<Vec<Option<Value>>, CallError> {
        let ops: Vec<_> = keys.iter().map(|key| Op::Get { key: self.key(key.as_ref()) }).collect();
        self.batch(&ops).await?.into_iter().map(|result| result.map_err(|e| self.error(e)).and_then(value)).collect()
    }

    /// Writes all entries with one deadline. Not atomic: after an error some may be written.
    ///
    /// # Errors
    /// The first entry's error.
    pub async fn set_many<K: AsRef<[u8]>>(
        &self,
        entries: &[(K, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CallError> {
        let expiry = ttl.map_or(Expiry::Never, Expiry::In);
        let op = |(key, value): &(K, Bytes)| set::plain(self.key(key.as_ref()), value.clone(), expiry);
        let ops: Vec<_> = entries.iter().map(op).collect();
        self.batch(&ops).await?.into_iter().try_for_each(|result| result.map(drop).map_err(|e| self.error(e)))
    }

    /// Deletes; tells whether there was a value.
    ///
    /// # Errors
    /// As the type says.
    pub async fn delete(&self, key: impl AsRef<[u8]>) -> Result<bool, CallError> {
        self.yes(Op::Delete { key: self.key(key.as_ref()) }).await
    }

    /// Deletes all; returns how many there were.
    ///
    /// # Errors
    /// As the type says.
    pub async fn delete_many<K: AsRef<[u8]>>(&self, keys: &[K]) -> Result<usize, CallError> {
        let ops: Vec<_> = keys.iter().map(|key| Op::Delete { key: self.key(key.as_ref()) }).collect();
        let mut deleted = 0;
        for result in self.batch(&ops).await? {
            deleted += usize::from(result.map_err(|e| self.error(e))? == Reply::Yes);
        }
        Ok(deleted)
    }

    /// Tells whether the key has a value.
    ///
    /// # Errors
    /// As the type says.
    pub async fn exists(&self, key: impl AsRef<[u8]>) -> Result<bool, CallError> {
        self.yes(Op::Exists { key: self.key(key.as_ref()) }).await
    }

    /// Adds to a decimal integer, from 0 where missing, and returns the sum. `ttl` counts only for a key this
    /// creates.
    ///
    /// # Errors
    /// `provider.invalid` where the value is no integer or the sum overflows.
    pub async fn increment(&self, key: impl AsRef<[u8]>, by: i64, ttl: Option<Duration>) -> Result<i64, CallError> {
        let expiry = ttl.map_or(Expiry::Never, Expiry::In);
        match self.run(Op::Increment { key: self.key(key.as_ref()), by, expiry }).await? {
            Reply::Integer(sum) => Ok(sum),
            other => Err(unexpected(&other)),
        }
    }

    /// Runs one operation of any sort. Keys are used as they are: no namespace is put in front.
    ///
    /// # Errors
    /// As the type says.
    pub async fn run<B: AsRef<[u8]> + Sync>(&self, op: Op<B>) -> Result<Reply, CallError> {
        self.calls.run(&op).await
    }

    /// Runs operations of any sort in order, each with its own result; crosses the seam once.
    ///
    /// # Errors
    /// For the whole batch; single failures stand in the results.
    pub async fn batch<B: AsRef<[u8]> + Sync>(&self, ops: &[Op<B>]) -> Result<Vec<OpResult>, CallError> {
        self.calls.batch(ops).await
    }

    /// Runs operations as one atomic step if every watched token still matches.
    ///
    /// # Errors
    /// `provider.unsupported` where the provider has no groups.
    pub async fn group<B: AsRef<[u8]> + Sync>(&self, watched: &[Watched], ops: &[Op<B>]) -> Result<Group, CallError> {
        self.calls.group(watched, ops).await
    }

    /// Lists keys by prefix, a page at a time.
    ///
    /// # Errors
    /// `provider.unsupported` where the provider can't.
    pub async fn scan(&self, request: &ScanRequest) -> Result<ScanPage, CallError> {
        self.calls.scan(request).await
    }

    /// Deletes every key that begins with `prefix` (in this namespace) and returns how many.
    ///
    /// # Errors
    /// `provider.unsupported` where the provider can't.
    pub async fn clear(&self, prefix: impl AsRef<[u8]>) -> Result<u64, CallError> {
        self.calls.clear(&self.key(prefix.as_ref())).await
    }

    /// Tells how much the whole cache holds.
    ///
    /// # Errors
    /// `provider.unsupported` where the provider can't tell.
    pub async fn size(&self) -> Result<Size, CallError> {
        self.calls.size().await
    }

    /// Returns the calls below, for doors that build operations themselves.
    pub const fn calls(&self) -> &CacheCalls {
        &self.calls
    }

    async fn yes(&self, op: Op<Bytes>) -> Result<bool, CallError> {
        match self.run(op).await? {
            Reply::Yes => Ok(true),
            Reply::No => Ok(false),
            other => Err(unexpected(&other)),
        }
    }

    fn error(&self, error: outrigger_plugin_api::sdk::ProviderError) -> CallError {
        CallError::Provider { provider: self.calls.provider(), error }
    }
}

fn value(reply: Reply) -> Result<Option<Value>, CallError> {
    match reply {
        Reply::Value(value) => Ok(Some(value)),
        Reply::Missing => Ok(None),
        other => Err(unexpected(&other)),
    }
}

fn unexpected(reply: &Reply) -> CallError {
    CallError::Invalid(format!("the provider answered with {reply:?}, which this operation never gives"))
}
