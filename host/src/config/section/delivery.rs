//! The table `delivery` in `[providers.NAME]`: how events reach one monitoring or analytics provider.

use std::time::Duration;

use outrigger_plugin_api::units::{ByteCount, HumanDuration};

use crate::config::environment::Environment;
use crate::config::key::{Key, Preset, Reader};
use crate::config::value::Words;
use crate::diagnostic::Diagnostics;

/// How events reach one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Most records of one batch, below the plugin's own bound.
    pub batch_records: Option<u32>,
    /// Most bytes of one batch; the plugin's own bound holds too.
    pub batch_bytes: u64,
    /// How long a batch that is not full may wait for more while others are in flight.
    pub batch_age: Duration,
    /// Most batches in flight.
    pub in_flight: u32,
    /// Most records a second.
    pub rate: Option<u32>,
    /// The first wait after a failure.
    pub backoff_min: Duration,
    /// The longest wait after a failure.
    pub backoff_max: Duration,
    /// Records older than this become dead letters.
    pub age_max: Duration,
    /// What to do where nobody knows whether a batch arrived.
    pub on_ambiguous: OnAmbiguous,
    /// What to do where the journal is full and this provider is the slowest.
    pub on_full: OnFull,
    /// In what order records arrive.
    pub order: Order,
}

/// What to do after a time-out, when the backend may or may not have the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// As the plugin's idempotency class says.
    ByClass,
    /// Send again: never lost, perhaps counted twice.
    Retry,
    /// Keep as dead letters: a person decides.
    DeadLetter,
    /// Let go: never counted twice, perhaps lost.
    Drop,
}

impl Words for OnAmbiguous {
    const ALL: &'static [(&'static str, Self)] =
        &[("by-class", Self::ByClass), ("retry", Self::Retry), ("dead-letter", Self::DeadLetter), ("drop", Self::Drop)];
}

/// What to do where the journal has reached its bound and this provider holds its oldest records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFull {
    /// Take no more events: 503, nothing is lost.
    Reject,
    /// Let this provider's oldest records go, counted as dropped; the others lose nothing.
    DropOldest,
}

impl Words for OnFull {
    const ALL: &'static [(&'static str, Self)] = &[("reject", Self::Reject), ("drop-oldest", Self::DropOldest)];
}

/// In what order records reach a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Batches overtake each other, and retries come later.
    Any,
    /// As in the journal: one batch at a time, and a retry holds up what is behind it. Keeps each user's order.
    Journal,
}

impl Words for Order {
    const ALL: &'static [(&'static str, Self)] = &[("any", Self::Any), ("journal", Self::Journal)];
}

const fn millis(count: u64) -> HumanDuration {
    HumanDuration(Duration::from_millis(count))
}

const fn key<T>(path: &'static str, default: fn() -> T, bounds: Option<(T, T)>, doc: &'static str) -> Key<T> {
    Key { path, env: None, default: Preset::Same(default), bounds, doc }
}

// Each number's reason stands in its text, which the reference shows.
pub(super) const BATCH_RECORDS: Key<Option<u32>> = Key {
    path: "delivery.batch-records",
    env: None,
    default: Preset::Absent(|| None, "the plugin's own bound"),
    bounds: Some((Some(1), Some(100_000))),
    doc: "Most records of one batch; the plugin's own bound, which follows its vendor's, holds too. A larger batch is less \
          work for each record, and more records that one failure sends again.",
};

pub(super) const BATCH_BYTES: Key<ByteCount> = key(
    "delivery.batch-bytes",
    || ByteCount(4 << 20),
    Some((ByteCount(1 << 10), ByteCount(256 << 20))),
    "Most bytes of one batch's bodies; the plugin's own bound holds too. A single larger record goes alone. A provider \
     holds at most this times `in-flight` plus four in memory, however far behind it is.",
);

pub(super) const BATCH_AGE: Key<HumanDuration> = key(
    "delivery.batch-age",
    || millis(100),
    Some((millis(0), millis(600_000))),
    "How long a batch that is not full may wait for more records while others are in flight. A record that finds \
     nothing in flight is sent at once; where more than 2,000 come in a second, within 20 ms.",
);

pub(super) const IN_FLIGHT: Key<u32> = key(
    "delivery.in-flight",
    || 4,
    Some((1, 1_024)),
    "Most batches under way at once. Four hide a vendor's answering time without crossing its usual rate limits.",
);

pub(super) const RATE: Key<Option<u32>> = Key {
    path: "delivery.rate",
    env: None,
    default: Preset::Absent(|| None, "no bound"),
    bounds: None,
    doc: "Most records a second, for vendors that count. Unused capacity is kept for one second.",
};

// The number's reason stands in its text.
pub(super) const BACKOFF_MIN: Key<HumanDuration> = key(
    "delivery.backoff-min",
    || millis(200),
    Some((millis(1), millis(3_600_000))),
    "The longest first wait after a failure; each further failure doubles it, and the wait is random below it, so that \
     many hosts don't come back at once. A vendor's own `Retry-After` is kept.",
);

// The number's reason stands in its text.
pub(super) const BACKOFF_MAX: Key<HumanDuration> = key(
    "delivery.backoff-max",
    || millis(60_000),
    Some((millis(1), millis(86_400_000))),
    "The longest wait after a failure. A minute is short against an outage that people notice.",
);

// The number's reason stands in its text.
pub(super) const AGE_MAX: Key<HumanDuration> = key(
    "delivery.age-max",
    || HumanDuration(Duration::from_secs(72 * 3_600)),
    Some((millis(1_000), HumanDuration(Duration::from_secs(366 * 86_400)))),
    "Records older than this become dead letters instead of being tried on. 72 h is how far back GA4 takes events, and \
     a weekend with a holiday.",
);

pub(super) const ON_AMBIGUOUS: Key<OnAmbiguous> = key(
    "delivery.on-ambiguous",
    || OnAmbiguous::ByClass,
    None,
    "What to do after a time-out, when nobody knows whether the batch arrived. `by-class` sends again where the vendor \
     recognises repeats wholly or partly, and keeps dead letters where it doesn't; `retry` never loses and may count \
     twice; `drop` never counts twice and may lose.",
);

pub(super) const ON_FULL: Key<OnFull> = key(
    "delivery.on-full",
    || OnFull::Reject,
    None,
    "What to do when the journal has reached its size and this provider holds the oldest records: take no more events, \
     or let this provider's oldest go, counted. The others lose nothing either way.",
);

pub(super) const ORDER: Key<Order> = key(
    "delivery.order",
    || Order::Any,
    None,
    "`journal` sends one batch at a time, and a retry holds up what is behind it: each user's events arrive in the \
     order they were accepted. `any` is faster.",
);

impl Default for Delivery {
    /// Returns what holds where nothing is set.
    fn default() -> Self {
        let (mut found, mut rows) = (Diagnostics::default(), Vec::new());
        let (environment, prefix) = (Environment::default(), String::new());
        read(&mut Reader { table: None, prefix, environment: &environment, found: &mut found, rows: &mut rows })
    }
}

/// Reads the table; the reader's table is the provider's block.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Delivery {
    Delivery {
        batch_records: reader.read(&BATCH_RECORDS).value,
        batch_bytes: reader.read(&BATCH_BYTES).value.0,
        batch_age: reader.read(&BATCH_AGE).value.0,
        in_flight: reader.read(&IN_FLIGHT).value,
        rate: reader.read(&RATE).value.filter(|rate| *rate > 0),
        backoff_min: reader.read(&BACKOFF_MIN).value.0,
        backoff_max: reader.read(&BACKOFF_MAX).value.0,
        age_max: reader.read(&AGE_MAX).value.0,
        on_ambiguous: reader.read(&ON_AMBIGUOUS).value,
        on_full: reader.read(&ON_FULL).value,
        order: reader.read(&ORDER).value,
    }
}
