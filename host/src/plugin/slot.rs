//! The place of one asked-for provider: its configuration, its bounds, and its present state.
//!
//! A call must find the state without waiting, while a switch may replace it. `ArcSwap` gives that for two locked
//! instructions a call, 25 ns; a thread that calls the same provider again finds it in [`RECENT`] for one plain load
//! (measured 2026-11-23). The price: a thread that makes no further call keeps a replaced state, already shut down,
//! until it ends.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwap, Guard};

use super::State;
use crate::{call::Gate, config::ProviderConfig};

/// One asked-for provider.
#[derive(Debug)]
pub struct Slot {
    /// What was asked for.
    pub config: ProviderConfig,
    /// Its concurrency bound and breaker.
    pub gate: Gate,
    state: ArcSwap<State>,
    /// Names this state among all that any slot of the process ever had; changes after each switch.
    stamp: AtomicU64,
}

/// The state that a thread used last.
struct Recent {
    stamp: u64,
    state: Arc<State>,
}

thread_local! {
    static RECENT: RefCell<Option<Recent>> = const { RefCell::new(None) };
}

impl Slot {
    /// Returns a slot in this state.
    pub fn new(config: ProviderConfig, state: State) -> Self {
        let gate = Gate::new(&config);
        Self { config, gate, state: ArcSwap::from_pointee(state), stamp: AtomicU64::new(next_stamp()) }
    }

    /// Returns the present state; cheap, without waiting.
    pub fn state(&self) -> Guard<Arc<State>> {
        self.state.load()
    }

    /// Returns the present state for as long as the caller keeps it.
    pub fn state_full(&self) -> Arc<State> {
        self.state.load_full()
    }

    /// Runs `body` once on the present state, the cheapest way.
    #[inline]
    pub fn with_state<T>(&self, mut body: impl FnMut(&State) -> T) -> T {
        let stamp = self.stamp.load(Ordering::Acquire);
        let ran = RECENT.try_with(|recent| {
            // Taken while a provider calls back into the host in the middle of a call; then the long way serves.
            let recent = recent.try_borrow().ok()?;
            recent.as_ref().filter(|recent| recent.stamp == stamp).map(|recent| body(&recent.state))
        });
        match ran {
            Ok(Some(result)) => result,
            Ok(None) | Err(_) => self.with_loaded(stamp, body),
        }
    }

    #[cold]
    fn with_loaded<T>(&self, stamp: u64, mut body: impl FnMut(&State) -> T) -> T {
        // Loaded after the stamp: this is the stamp's state or a later one, whose stamp then differs.
        let state = self.state_full();
        let result = body(&state);
        let former = RECENT.try_with(|recent| recent.try_borrow_mut().ok()?.replace(Recent { stamp, state }));
        // Dropped here, where no borrow lasts: it may be the last of a replaced provider, and its destructor runs.
        drop(former);
        result
    }

    /// Puts another state in the place and returns the former. This thread forgets the former at once.
    pub(super) fn switch(&self, state: State) -> Arc<State> {
        let former = self.state.swap(Arc::new(state));
        self.stamp.store(next_stamp(), Ordering::Release);
        drop(RECENT.try_with(|recent| recent.try_borrow_mut().ok()?.take()));
        former
    }
}

fn next_stamp() -> u64 {
    static STAMPS: AtomicU64 = AtomicU64::new(1);
    STAMPS.fetch_add(1, Ordering::Relaxed)
}
