//! What the suite drives: a cache provider behind whatever layers are under test.

use std::{future::Future, pin::Pin};

use crate::sdk::cache::{Capabilities, Group, Op, OpResult, ScanPage, ScanRequest, Size, Watched};
use crate::sdk::{Bytes, Call, ProviderError};

/// The future of one call.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// A cache as the suite sees it: the surface of [`CacheProvider`](crate::sdk::cache::CacheProvider).
pub trait Subject: Send + Sync + 'static {
    /// Returns what the provider says it can do.
    fn capabilities(&self) -> Capabilities;
    /// Runs operations in order, one result each.
    fn run(&self, call: Call, ops: Vec<Op<Bytes>>) -> Answer<'_, Vec<OpResult>>;
    /// Runs operations as one atomic step if every watched token still matches.
    fn group(&self, call: Call, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Answer<'_, Group>;
    /// Lists keys.
    fn scan(&self, call: Call, request: ScanRequest) -> Answer<'_, ScanPage>;
    /// Deletes by prefix.
    fn clear(&self, call: Call, prefix: Bytes) -> Answer<'_, u64>;
    /// Tells how much is held.
    fn size(&self, call: Call) -> Answer<'_, Size>;
}
