//! Counts what happens on the ready path, where an atomic addition would cost as much as a tenth of a cache hit.
//!
//! Each thread adds to a place of its own, with a plain load and store. Threads beyond the places share one, atomically.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Threads with a place of their own: more than the worker threads of most machines. Twice as many would double the 4
/// KiB that a provider's count takes.
const PLACES: usize = 64;

/// A count alone in its cache line, so that threads do not take it from each other.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Place(AtomicU64);

/// A count that only grows.
#[derive(Debug)]
pub struct Tally {
    places: Box<[Place]>,
    shared: AtomicU64,
}

thread_local! {
    /// This thread's place in every tally; `usize::MAX` until it adds for the first time.
    static PLACE: Cell<usize> = const { Cell::new(usize::MAX) };
}

impl Default for Tally {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Place::default()).collect(), shared: AtomicU64::new(0) }
    }
}

impl Tally {
    /// Adds one.
    #[inline]
    pub fn add(&self) {
        match self.places.get(PLACE.get()) {
            // Nobody else writes here: no two threads of a process ever get the same number below PLACES.
            Some(Place(own)) => own.store(own.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed),
            None => self.add_shared(),
        }
    }

    #[cold]
    fn add_shared(&self) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        if PLACE.get() == usize::MAX {
            // Places are not handed on when a thread ends: what comes late shares. Runtimes keep their threads.
            PLACE.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        self.shared.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the sum. Additions of this moment may be missing.
    pub fn sum(&self) -> u64 {
        let own = self.places.iter().map(|Place(own)| own.load(Ordering::Relaxed));
        own.fold(self.shared.load(Ordering::Relaxed), u64::wrapping_add)
    }
}

#[cfg(test)]
mod tests;
