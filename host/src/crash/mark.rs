//! Which provider and operation this thread is calling, and what every provider has in flight.
//!
//! The thread's word is plain memory of the thread: a mark costs two stores, and no page of a file is ever touched on the
//! way of a cache hit. What waits is counted in the mapped page, where the next start finds it after any end.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll},
};

use parking_lot::Mutex;

use super::page::{self, PROVIDERS_MAX, Page};

/// What a provider is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Op {
    /// Opening the library: its initialisers.
    Load = 0,
    /// Taking the host's services.
    Attach,
    /// Checking the settings.
    Validate,
    /// Starting.
    Start,
    /// Its health.
    Health,
    /// A read that is answered at once.
    Read,
    /// One operation of a cache.
    Run,
    /// Several.
    Batch,
    /// An atomic group.
    Group,
    /// A page of keys.
    Scan,
    /// Deleting by prefix.
    Clear,
    /// Its size.
    Size,
    /// A batch of events.
    Deliver,
    /// A question.
    Query,
    /// Bringing to its end what was accepted.
    Flush,
    /// Its end.
    Shutdown,
}

impl Op {
    /// Every operation, by its number.
    pub const ALL: [Self; 16] = [
        Self::Load,
        Self::Attach,
        Self::Validate,
        Self::Start,
        Self::Health,
        Self::Read,
        Self::Run,
        Self::Batch,
        Self::Group,
        Self::Scan,
        Self::Clear,
        Self::Size,
        Self::Deliver,
        Self::Query,
        Self::Flush,
        Self::Shutdown,
    ];

    /// Returns the word for people and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Attach => "attach",
            Self::Validate => "validate",
            Self::Start => "start",
            Self::Health => "health",
            Self::Read => "read",
            Self::Run => "run",
            Self::Batch => "batch",
            Self::Group => "group",
            Self::Scan => "scan",
            Self::Clear => "clear",
            Self::Size => "size",
            Self::Deliver => "deliver",
            Self::Query => "query",
            Self::Flush => "flush",
            Self::Shutdown => "shutdown",
        }
    }
}

/// The lowest bit of a thread's word: it has called providers, so that its stack may hold what they left there.
const CALLED: u64 = 1;
/// Where the operation's number stands in the word.
const OP_AT: u32 = 8;
/// Where the provider's number, from 1, stands in the word.
const PROVIDER_AT: u32 = 16;

thread_local! {
    /// Read by the signal handler: constant and without destructor, so that reading it makes nothing.
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// What a thread is doing, from its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// It has never called a provider.
    Stranger,
    /// It calls none now.
    Nothing,
    /// It is in a call of this provider's number, from 1.
    Calling(u64, u64),
}

/// Returns what the calling thread is doing. Fit for a signal handler.
pub(super) fn doing() -> Doing {
    let word = NOW.try_with(Cell::get).unwrap_or_default();
    match (word, word >> PROVIDER_AT) {
        (0, _) => Doing::Stranger,
        (_, 0) => Doing::Nothing,
        (_, provider) => Doing::Calling(provider, word >> OP_AT & 0xFF),
    }
}

/// The names of the providers, by number.
static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A provider's number, by which it is marked. The same for every generation of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crumb(u64);

impl Crumb {
    /// Returns the number of this name. Beyond the page's places none is kept, and the provider is not marked.
    pub fn of(provider: &str) -> Self {
        let mut names = NAMES.lock();
        let at = names.iter().position(|name| name == provider).unwrap_or_else(|| {
            names.push(provider.to_owned());
            names.len() - 1
        });
        if at >= PROVIDERS_MAX {
            return Self(0);
        }
        page::present().set_name(at, provider);
        Self(at as u64 + 1)
    }

    /// Notes which content of its plugin the provider runs from now on, before any of it runs.
    pub fn loads(self, sha256: &str) {
        if let Some(at) = self.place() {
            page::present().set_content(at, sha256);
        }
    }

    /// Returns the mark of one operation.
    #[inline]
    pub const fn op(self, op: Op) -> Mark {
        Mark { word: self.0 << PROVIDER_AT | (op as u64) << OP_AT | CALLED }
    }

    /// Runs `body`, which calls the provider for this operation, marked and counted as in flight.
    pub fn calls<T>(self, op: Op, body: impl FnOnce() -> T) -> T {
        let mark = self.op(op);
        let _flight = mark.flies();
        mark.during(body)
    }

    pub(super) fn place(self) -> Option<usize> {
        usize::try_from(self.0).ok()?.checked_sub(1)
    }
}

/// Writes every known name into a page that is new.
pub(super) fn introduce(page: &Page) {
    for (at, name) in NAMES.lock().iter().enumerate().take(PROVIDERS_MAX) {
        page.set_name(at, name);
    }
}

/// One operation of one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    word: u64,
}

/// Puts the thread's former word back.
struct Former(u64);

impl Drop for Former {
    #[inline]
    fn drop(&mut self) {
        let _ = NOW.try_with(|now| now.set(self.0 | CALLED));
    }
}

impl Mark {
    /// Runs `body`, which calls the provider, under this mark.
    #[inline]
    pub fn during<T>(self, body: impl FnOnce() -> T) -> T {
        let _former = Former(NOW.try_with(|now| now.replace(self.word)).unwrap_or_default());
        body()
    }

    /// Counts the operation as in flight until the result is dropped.
    pub fn flies(self) -> Flight {
        let counter = Crumb(self.word >> PROVIDER_AT).place().and_then(|at| {
            let op = usize::try_from(self.word >> OP_AT & 0xFF).ok()?;
            Some(page::present().in_flight(at, op))
        });
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        Flight(counter)
    }

    /// Marks every poll of a provider's future and its drop, and counts it as in flight until then.
    pub fn waits<F: Future + Unpin>(self, future: F) -> Marked<F> {
        Marked { future: Some(future), mark: self, _flight: self.flies() }
    }
}

/// An operation in flight.
#[derive(Debug)]
pub struct Flight(Option<&'static AtomicU64>);

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(counter) = self.0 {
            counter.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A provider's future under its mark.
#[derive(Debug)]
pub struct Marked<F> {
    /// `None` only once dropped.
    future: Option<F>,
    mark: Mark,
    _flight: Flight,
}

impl<F: Future + Unpin> Future for Marked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mark = self.mark;
        match &mut self.future {
            Some(future) => mark.during(|| Pin::new(future).poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Marked<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        self.mark.during(|| drop(future));
    }
}

#[cfg(test)]
mod tests;
