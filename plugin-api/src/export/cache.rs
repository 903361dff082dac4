//! The cache table over an author's provider.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    drive::{Place, pending},
    guard::{guard, panicked},
    instance::Instance,
    life::{LifeGlue, Living, begin, entry, refused},
};
use crate::abi::{
    Blob, BuiltCache, Cache, Cache_TO, CallView, GroupView, InstanceView, OpView, Outcome, RSlice, RVec, ReplyView,
    Res, ScanPageView, SizeView, WatchView, read, wire,
};
use crate::sdk::cache::{CacheProvider, Group, Op, OpResult, Reply, ScanRequest, Size, Watched};
use crate::sdk::{Bytes, Call, Health, ProviderError, RunOn};

/// Starts the provider that the host describes.
pub fn start_cache<T: CacheProvider>(view: &InstanceView<'_>) -> Outcome<BuiltCache> {
    begin(view, |settings, host| async { T::start(settings, host).await.map(Alive) }, built::<T>)
}

fn built<T: CacheProvider>(instance: Arc<Instance<Alive<T>>>) -> BuiltCache {
    let cache = Cache_TO::from_value(CacheGlue(instance.clone()), abi_stable::sabi_trait::TD_Opaque);
    BuiltCache { life: LifeGlue::boxed(instance), cache }
}

/// Gives a cache provider the life table.
struct Alive<T>(T);

impl<T: CacheProvider> Living for Alive<T> {
    const RUN_ON: RunOn = T::RUN_ON;
    fn health(&self, call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send {
        self.0.health(call)
    }
    fn flush(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        self.0.flush(call)
    }
    fn shutdown(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        self.0.shutdown(call)
    }
}

struct CacheGlue<T>(Arc<Instance<Alive<T>>>);

impl<T: CacheProvider> CacheGlue<T> {
    fn place(&self) -> Place {
        self.0.place(T::RUN_ON)
    }
}

impl<T: CacheProvider> Cache for CacheGlue<T> {
    fn run(&self, call: &CallView, op: &OpView<'_>) -> Outcome<ReplyView> {
        entry(|| {
            let call = Call::from(call);
            match wire::decode_op(op) {
                Err(error) => refused(error),
                Ok(op) => match self.0.0.run_now(&call, &op) {
                    Some(result) => Outcome::Ready(wire::encode_result(result)),
                    None => self.later(call, &op),
                },
            }
        })
    }

    fn read(&self, call: &CallView, key: RSlice<'_, u8>, found: &mut Blob) -> u32 {
        let body = || match self.0.0.run_now(&Call::from(call), &Op::Get { key: key.as_slice() }) {
            Some(Ok(Reply::Value(value))) => {
                // Not dropped: the blob that was there is empty and owns nothing.
                std::mem::forget(std::mem::replace(found, value));
                read::FOUND
            }
            Some(Ok(Reply::Missing)) => read::MISSING,
            _ => read::ASK,
        };
        // A panic's text is told by `run`, which the host calls next.
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
            drop(panicked(payload));
            read::ASK
        })
    }

    fn batch(&self, call: &CallView, ops: RSlice<'_, OpView<'_>>) -> Outcome<RVec<Res<ReplyView>>> {
        entry(|| {
            let call = Call::from(call);
            if T::ALWAYS_READY {
                return Outcome::ok(ops.iter().map(|op| wire::encode_result(self.now(&call, op))).collect());
            }
            let owned = match own_all(ops) {
                Ok(owned) => owned,
                Err(error) => return Outcome::error(wire::encode_error(error)),
            };
            let instance = self.0.clone();
            pending(self.place(), async move {
                let expected = owned.len();
                let results = instance.0.run(call, owned).await?;
                counted(expected, results)
            })
        })
    }

    fn group(
        &self,
        call: &CallView,
        watched: RSlice<'_, WatchView<'_>>,
        ops: RSlice<'_, OpView<'_>>,
    ) -> Outcome<GroupView> {
        entry(|| {
            let call = Call::from(call);
            let watched = watched.iter().map(|w| Watched { key: copy(w.key), token: copy(w.token) }).collect();
            let owned = match own_all(ops) {
                Ok(owned) => owned,
                Err(error) => return Outcome::error(wire::encode_error(error)),
            };
            let instance = self.0.clone();
            pending(self.place(), async move {
                let expected = owned.len();
                match instance.0.group(call, watched, owned).await? {
                    Group::Changed => Ok(GroupView { ran: 0, replies: RVec::new(), reserved: [0; 2] }),
                    Group::Ran(results) => {
                        Ok(GroupView { ran: 1, replies: counted(expected, results)?, reserved: [0; 2] })
                    }
                }
            })
        })
    }

    fn scan(
        &self,
        call: &CallView,
        cursor: RSlice<'_, u8>,
        prefix: RSlice<'_, u8>,
        count: u32,
    ) -> Outcome<ScanPageView> {
        entry(|| {
            let (instance, call) = (self.0.clone(), Call::from(call));
            let request = ScanRequest { cursor: copy(cursor), prefix: copy(prefix), count };
            pending(self.place(), async move {
                let page = instance.0.scan(call, request).await?;
                let keys = page.keys.into_iter().map(Blob::from).collect();
                Ok(ScanPageView { next: page.next.map_or_else(Blob::empty, Blob::from), keys, reserved: [0; 2] })
            })
        })
    }

    fn clear(&self, call: &CallView, prefix: RSlice<'_, u8>) -> Outcome<u64> {
        entry(|| {
            let (instance, call, prefix) = (self.0.clone(), Call::from(call), copy(prefix));
            pending(self.place(), async move { instance.0.clear(call, prefix).await })
        })
    }

    fn size(&self, call: &CallView) -> Outcome<SizeView> {
        entry(|| {
            let (instance, call) = (self.0.clone(), Call::from(call));
            pending(self.place(), async move {
                let Size { entries, bytes } = instance.0.size(call).await?;
                Ok(SizeView {
                    entries: entries.unwrap_or(u64::MAX),
                    bytes: bytes.unwrap_or(u64::MAX),
                    reserved: [0; 2],
                })
            })
        })
    }
}

impl<T: CacheProvider> CacheGlue<T> {
    /// Runs one operation that is not ready.
    fn later(&self, call: Call, op: &Op<&[u8]>) -> Outcome<ReplyView> {
        let (instance, op) = (self.0.clone(), own(op));
        pending(self.place(), async move {
            let mut results = instance.0.run(call, vec![op]).await?;
            let only = if results.len() == 1 { results.pop() } else { None };
            only.unwrap_or_else(|| Err(miscounted(1, results.len()))).map(wire::encode_reply)
        })
    }

    /// Runs one operation of a batch of an always-ready provider; a panic fails this one only.
    fn now(&self, call: &Call, op: &OpView<'_>) -> OpResult {
        guard(|| {
            let op = wire::decode_op(op)?;
            let broken = || Err(ProviderError::internal("the provider is declared always ready but did not answer"));
            self.0.0.run_now(call, &op).unwrap_or_else(broken)
        })
    }
}

fn copy(bytes: RSlice<'_, u8>) -> Bytes {
    Bytes::copy_from_slice(bytes.as_slice())
}

fn own(op: &Op<&[u8]>) -> Op<Bytes> {
    op.map(|bytes| Bytes::copy_from_slice(bytes))
}

fn own_all(ops: RSlice<'_, OpView<'_>>) -> Result<Vec<Op<Bytes>>, ProviderError> {
    ops.iter().map(|op| wire::decode_op(op).map(|op| own(&op))).collect()
}

fn counted(expected: usize, results: Vec<OpResult>) -> Result<RVec<Res<ReplyView>>, ProviderError> {
    if results.len() == expected {
        Ok(results.into_iter().map(wire::encode_result).collect())
    } else {
        Err(miscounted(expected, results.len()))
    }
}

fn miscounted(asked: usize, got: usize) -> ProviderError {
    ProviderError::internal(format!("asked for {asked} operations, the provider answered {got}"))
}
