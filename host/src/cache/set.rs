//! A write with its conditions.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, Expiry, Op, Reply, Value},
};

use super::{Cache, unexpected};
use crate::call::CallError;

/// What a write did.
#[derive(Debug, PartialEq)]
pub enum SetOutcome {
    /// It wrote; the former value where asked for.
    Stored(Option<Value>),
    /// Its condition did not hold; the present value where asked for.
    NotStored(Option<Value>),
}

impl SetOutcome {
    /// Tells whether it wrote.
    pub const fn stored(&self) -> bool {
        matches!(self, Self::Stored(_))
    }
}

/// A write that happens when awaited.
#[derive(Debug)]
#[must_use = "a write does nothing until it is awaited"]
pub struct Set<'a> {
    cache: &'a Cache,
    op: Op<Bytes>,
}

/// Returns the unconditional write.
pub(super) const fn plain(key: Bytes, value: Bytes, expiry: Expiry) -> Op<Bytes> {
    Op::Set { key, value, expiry, condition: Condition::Always, return_old: false }
}

impl<'a> Set<'a> {
    pub(super) const fn new(cache: &'a Cache, key: Bytes, value: Bytes) -> Self {
        Self { cache, op: plain(key, value, Expiry::Never) }
    }

    fn change(mut self, change: impl FnOnce(&mut Expiry, &mut Condition, &mut bool)) -> Self {
        if let Op::Set { expiry, condition, return_old, .. } = &mut self.op {
            change(expiry, condition, return_old);
        }
        self
    }

    /// Ends the entry after `ttl`; zero ends it at once.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.change(|expiry, _, _| *expiry = Expiry::In(ttl))
    }

    /// Keeps the deadline that the key has.
    pub fn keep_ttl(self) -> Self {
        self.change(|expiry, _, _| *expiry = Expiry::Keep)
    }

    /// Writes only where the key has no value.
    pub fn if_absent(self) -> Self {
        self.change(|_, condition, _| *condition = Condition::IfAbsent)
    }

    /// Writes only where the key has a value.
    pub fn if_present(self) -> Self {
        self.change(|_, condition, _| *condition = Condition::IfPresent)
    }

    /// Asks for the former value.
    pub fn return_old(self) -> Self {
        self.change(|_, _, return_old| *return_old = true)
    }
}

impl<'a> IntoFuture for Set<'a> {
    type Output = Result<SetOutcome, CallError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.cache.calls.run(&self.op).await? {
                Reply::Stored(old) => Ok(SetOutcome::Stored(old)),
                Reply::NotStored(old) => Ok(SetOutcome::NotStored(old)),
                other => Err(unexpected(&other)),
            }
        })
    }
}
