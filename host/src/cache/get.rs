//! A read of one value: answered within the first poll where the provider can, else waited for.
//!
//! A future of its own and not an `async fn`: the poll of an `async fn` is not inlined into the caller's, and its result
//! is then moved through memory in pieces at each level, which cost a hit 80 ns (measured 2026-11-23).

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Op, Value},
};

use super::{Cache, value};
use crate::call::{CallError, Read};

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Option<Value>, CallError>> + Send + 'a>>;

/// A read under way. Dropping it aborts a read that waits.
#[must_use = "a read happens when it is awaited"]
pub struct Get<'a, K> {
    cache: &'a Cache,
    key: K,
    waiting: Option<Waiting<'a>>,
}

impl<'a, K: AsRef<[u8]>> Get<'a, K> {
    #[inline]
    pub(super) const fn new(cache: &'a Cache, key: K) -> Self {
        Self { cache, key, waiting: None }
    }

    #[inline]
    fn read(&self, found: &mut Value) -> Read {
        let key = self.key.as_ref();
        if self.cache.prefix.is_empty() {
            self.cache.calls.read(key, found)
        } else {
            self.cache.calls.read(&self.cache.key(key), found)
        }
    }

    #[cold]
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Value>, CallError>> {
        let Self { cache, key, waiting } = self;
        let begin = || -> Waiting<'a> { Box::pin(ask(cache, cache.key(key.as_ref()))) };
        waiting.get_or_insert_with(begin).as_mut().poll(context)
    }
}

async fn ask(cache: &Cache, key: Bytes) -> Result<Option<Value>, CallError> {
    value(cache.run(Op::Get { key }).await?)
}

// Nothing in it is pinned in place: the key is only read, the waiting future has its own box.
impl<K> Unpin for Get<'_, K> {}

impl<K: AsRef<[u8]>> Future for Get<'_, K> {
    type Output = Result<Option<Value>, CallError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.waiting.is_none() {
            let mut found = Value::empty();
            match self.read(&mut found) {
                Read::Found => return Poll::Ready(Ok(Some(found.take()))),
                Read::Missing => return Poll::Ready(Ok(None)),
                Read::Ask => {}
            }
        }
        self.wait(context)
    }
}

impl<K> std::fmt::Debug for Get<'_, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Get({})", if self.waiting.is_some() { "waiting" } else { "not begun" })
    }
}
