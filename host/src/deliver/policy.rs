//! The rules by which one provider gets its records: the configuration within what its manifest allows.

use std::time::Duration;

use outrigger_plugin_api::{manifest::Manifest, sdk::sink::BatchLimits};

use crate::config::{Delivery, OnAmbiguous, OnFull, Order};

/// Failures of one record alone after which it is a dead letter although the provider never refused it: a record that
/// makes a provider panic or fail inside would else be tried for ever. Five tries span about 3 s, longer than a fault
/// that passes by itself.
pub(super) const POISON_TRIES: u32 = 5;

/// Records that a lane holds in memory beyond the batches in flight: as many batches as this. More would help only where
/// batches fail one by one; fewer would leave a fast provider waiting for the disk.
const HELD_BATCHES: usize = 4;

/// The rules for one provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Most records of one batch.
    pub batch_records: usize,
    /// Most bytes of one batch's bodies; a single larger record goes alone.
    pub batch_bytes: usize,
    /// How long a batch that is not full may wait for more while others are in flight.
    pub batch_age: Duration,
    /// Most batches in flight.
    pub in_flight: usize,
    /// Most records a second; `None` is no bound.
    pub rate: Option<u32>,
    /// The first wait after a failure, doubled each time.
    pub backoff_min: Duration,
    /// The longest wait after a failure.
    pub backoff_max: Duration,
    /// Older records are dead letters.
    pub age_max: Duration,
    /// What to do where nobody knows whether a batch arrived.
    pub on_ambiguous: OnAmbiguous,
    /// What to do where the journal is full and this provider is the slowest.
    pub on_full: OnFull,
    /// Whether records must arrive in the journal's order.
    pub order: Order,
}

impl Policy {
    /// Returns the rules that a configuration gives within a manifest's bounds.
    pub fn new(delivery: &Delivery, manifest: &Manifest) -> Self {
        let within = |asked: usize, limit: u32| match usize::try_from(limit) {
            Ok(limit) if limit > 0 => asked.min(limit),
            _ => asked,
        };
        let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let own_records = match manifest.batch_count_max {
            0 => BatchLimits::DEFAULT.count_max,
            own => own,
        };
        let repeats_are_known = matches!(manifest.idempotency.as_str(), "full" | "partial");
        Self {
            batch_records: within(
                size(u64::from(delivery.batch_records.unwrap_or(own_records))),
                manifest.batch_count_max,
            )
            .max(1),
            batch_bytes: within(size(delivery.batch_bytes), manifest.batch_bytes_max).max(1),
            batch_age: delivery.batch_age,
            in_flight: if delivery.order == Order::Journal { 1 } else { size(u64::from(delivery.in_flight)) },
            rate: delivery.rate,
            backoff_min: delivery.backoff_min,
            backoff_max: delivery.backoff_max.max(delivery.backoff_min),
            age_max: delivery.age_max,
            on_ambiguous: match delivery.on_ambiguous {
                OnAmbiguous::ByClass if repeats_are_known => OnAmbiguous::Retry,
                OnAmbiguous::ByClass => OnAmbiguous::DeadLetter,
                given => given,
            },
            on_full: delivery.on_full,
            order: delivery.order,
        }
    }

    /// Returns how many records a lane may hold: those in flight and some batches behind them.
    pub(super) const fn held_records_max(&self) -> usize {
        self.batch_records.saturating_mul(self.in_flight.saturating_add(HELD_BATCHES))
    }

    /// Returns how many bytes of bodies a lane may hold.
    pub(super) const fn held_bytes_max(&self) -> usize {
        self.batch_bytes.saturating_mul(self.in_flight.saturating_add(HELD_BATCHES))
    }
}
