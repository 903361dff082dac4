//! Holds the present registry, and lets a reload put another in its place.
//!
//! A call must find its provider without waiting, while a reload may replace it. `ArcSwap` gives that for two locked
//! instructions a call, 25 ns; a thread that calls the cache again finds it in [`RECENT`] for one plain load
//! (measured 2026-11-23). The price: a thread that makes no further call keeps a replaced slot, whose provider was shut
//! down, until it ends.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;

use super::{Registry, Slot};

/// The place of the present registry.
#[derive(Debug)]
pub struct Switch {
    present: ArcSwap<Registry>,
    /// Names this registry among all that any switch of the process ever held; changes after each is put in.
    stamp: AtomicU64,
}

/// The cache that a thread used last.
struct Recent {
    stamp: u64,
    cache: Option<Arc<Slot>>,
}

thread_local! {
    static RECENT: RefCell<Option<Recent>> = const { RefCell::new(None) };
}

impl Switch {
    /// Returns the place, with a registry in it.
    pub fn new(registry: Registry) -> Self {
        Self { present: ArcSwap::from_pointee(registry), stamp: AtomicU64::new(next_stamp()) }
    }

    /// Returns the present registry.
    pub fn present(&self) -> Arc<Registry> {
        self.present.load_full()
    }

    /// Runs `body` once on the slot of the cache, the cheapest way. The slot is the present one, or was when this began.
    #[inline]
    pub fn with_cache<T>(&self, mut body: impl FnMut(Option<&Arc<Slot>>) -> T) -> T {
        let stamp = self.stamp.load(Ordering::Acquire);
        let ran = RECENT.try_with(|recent| {
            // Taken while a provider calls back into the host in the middle of a call; then the long way serves.
            let recent = recent.try_borrow().ok()?;
            recent.as_ref().filter(|recent| recent.stamp == stamp).map(|recent| body(recent.cache.as_ref()))
        });
        match ran {
            Ok(Some(result)) => result,
            Ok(None) | Err(_) => self.with_loaded(stamp, body),
        }
    }

    #[cold]
    fn with_loaded<T>(&self, stamp: u64, mut body: impl FnMut(Option<&Arc<Slot>>) -> T) -> T {
        // Loaded after the stamp: this is the stamp's registry or a later one, whose stamp then differs.
        let cache = self.present.load().cache().cloned();
        let result = body(cache.as_ref());
        let former = RECENT.try_with(|recent| recent.try_borrow_mut().ok()?.replace(Recent { stamp, cache }));
        // Dropped here, where no borrow lasts: it may be the last of a replaced provider, and its destructor runs.
        drop(former);
        result
    }

    /// Puts another registry in the place and returns the former. This thread forgets the former at once.
    pub(crate) fn put(&self, registry: Registry) -> Arc<Registry> {
        let former = self.present.swap(Arc::new(registry));
        self.stamp.store(next_stamp(), Ordering::Release);
        drop(RECENT.try_with(|recent| recent.try_borrow_mut().ok()?.take()));
        former
    }
}

fn next_stamp() -> u64 {
    static STAMPS: AtomicU64 = AtomicU64::new(1);
    STAMPS.fetch_add(1, Ordering::Relaxed)
}
