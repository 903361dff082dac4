//! Counts a provider's requests by how they ended, and how long they took.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

use super::Answer;
use crate::observe::latency::{Histogram, Latency};

/// How a request ended: the class of its status, or why there is none.
pub const OUTCOMES: [&str; 9] = ["2xx", "3xx", "4xx", "5xx", "unreachable", "no_answer", "refused", "invalid", "other"];

/// The counts of one provider.
#[derive(Debug, Default)]
pub(super) struct Counts {
    outcomes: [AtomicU64; OUTCOMES.len()],
    latency: Latency,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Requests by outcome, in the order of [`OUTCOMES`].
    pub outcomes: [u64; OUTCOMES.len()],
    /// How long they took, to the last byte of the answer.
    pub took: Histogram,
    /// Bytes of bodies handed over by the plugin, before compression.
    pub sent_bytes: u64,
    /// Bytes of bodies given back, after decompression.
    pub received_bytes: u64,
}

impl Counts {
    /// Counts one request that ended; one whose future was dropped is not counted.
    pub(super) fn note(&self, result: &Result<Answer, ProviderError>, sent: u64, took: Duration) {
        let outcome = match result {
            Ok(answer) => match answer.status / 100 {
                2 => "2xx",
                3 => "3xx",
                4 => "4xx",
                5 => "5xx",
                _ => "other",
            },
            Err(error) => match error.kind {
                ErrorKind::Unavailable => "unreachable",
                ErrorKind::Timeout => "no_answer",
                ErrorKind::Refused => "refused",
                ErrorKind::Invalid => "invalid",
                _ => "other",
            },
        };
        let place = OUTCOMES.iter().position(|known| *known == outcome).unwrap_or(OUTCOMES.len() - 1);
        if let Some(outcome) = self.outcomes.get(place) {
            outcome.fetch_add(1, Ordering::Relaxed);
        }
        let received = result.as_ref().map_or(0, |answer| u64::try_from(answer.body.len()).unwrap_or(u64::MAX));
        self.latency.note(took);
        self.sent_bytes.fetch_add(sent, Ordering::Relaxed);
        self.received_bytes.fetch_add(received, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Counted {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counted {
            outcomes: self.outcomes.each_ref().map(load),
            took: self.latency.read(),
            sent_bytes: load(&self.sent_bytes),
            received_bytes: load(&self.received_bytes),
        }
    }
}
