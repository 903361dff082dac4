//! The cache suite: what every operation answers, alone, in batches, in groups and under load.
//!
//! The semantics are those of Redis 7. Run it over a plugin in-process ([`InProcess`]) and over the same plugin as
//! a loaded library (a host implements [`Subject`] for its own handle).

mod cancel;
mod case;
mod compare;
mod concurrency;
mod expiry;
mod group;
mod in_process;
mod keys;
mod listing;
mod moves;
mod numbers;
mod refusal;
mod strings;
mod subject;
mod touch;
mod trial;
mod writes;

use std::{sync::Arc, time::Duration};

pub use case::names;
pub use in_process::InProcess;
pub use subject::{Answer, Subject};

use super::{Report, Watch};

/// Whether something else lives in the store under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Other keys may be there: only keys with the prefix are written, and no total is checked.
    Shared,
    /// The store is this run's alone and empty: the suite also checks totals, and clears all of it.
    Exclusive,
}

/// How to run the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Begins every key the suite writes, so that runs on one store do not meet.
    pub prefix: String,
    /// Whether other keys may be there.
    pub store: Store,
    /// Cases that are known to fail, with the reason. One that passes fails the run.
    pub known_gaps: Vec<(&'static str, &'static str)>,
    /// How many tasks the cases on concurrency start, and how often each acts.
    pub load: (usize, usize),
    /// How long to wait for something that must happen, such as the end of a 1 ms deadline.
    pub patience: Duration,
}

impl Options {
    /// Returns options without known gaps for a store that others may use.
    pub fn new(prefix: impl Into<String>) -> Self {
        // 8 × 50: enough to lose an update in every tenth run of a store that has none of the atomicity.
        Self {
            prefix: prefix.into(),
            store: Store::Shared,
            known_gaps: Vec::new(),
            load: (8, 50),
            patience: Duration::from_secs(10),
        }
    }

    /// Returns the same options for a store that is this run's alone.
    #[must_use]
    pub fn exclusive(mut self) -> Self {
        self.store = Store::Exclusive;
        self
    }

    /// Returns the same options with one more known gap.
    #[must_use]
    pub fn known_gap(mut self, case: &'static str, reason: &'static str) -> Self {
        self.known_gaps.push((case, reason));
        self
    }
}

/// Runs every case, one after the other. Must be awaited inside a tokio runtime with time enabled; with several
/// worker threads the cases on concurrency tell more.
///
/// A gap that names no case counts as a failure: its case was renamed or is misspelt.
pub async fn run(subject: Arc<dyn Subject>, options: Options) -> Report {
    run_watched(subject, options, &|_| ()).await
}

/// Runs every case as [`run`] does, and tells `watch` each step.
pub async fn run_watched(subject: Arc<dyn Subject>, options: Options, watch: Watch<'_>) -> Report {
    case::run_all(subject, Arc::new(options), watch).await
}
