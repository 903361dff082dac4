//! The block `[providers.NAME]`: how the host treats one provider. Its `settings` belong to the plugin.

use std::time::Duration;

use outrigger_plugin_api::units::HumanDuration;

use super::Section;
use super::delivery::{self, Delivery};
use crate::config::key::{Key, Preset, Reader};
use crate::config::value::Name;
use crate::config::{Kind, codes};
use crate::diagnostic::Diagnostic;

/// When calls to a failing provider stop for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one call may try again.
    pub open_for: Duration,
}

/// What the block says, without the plugin's settings.
#[derive(Debug, Clone)]
pub(in crate::config) struct Block {
    pub(in crate::config) plugin: Option<String>,
    pub(in crate::config) required: bool,
    pub(in crate::config) timeout: Duration,
    pub(in crate::config) start_timeout: Duration,
    pub(in crate::config) concurrency: u32,
    pub(in crate::config) breaker: Breaker,
    pub(in crate::config) delivery: Delivery,
}

pub(in crate::config) const SECTION: Section = Section {
    title: "providers.NAME",
    about: "How the host treats one provider. Optional: a provider without a block runs on these defaults and on the \
            variables its plugin declares. A block whose provider is not selected is checked but unused.",
    keys: &[
        &PLUGIN,
        &REQUIRED,
        &TIMEOUT,
        &START_TIMEOUT,
        &CONCURRENCY,
        &FAILURES,
        &OPEN_FOR,
        &delivery::BATCH_RECORDS,
        &delivery::BATCH_BYTES,
        &delivery::BATCH_AGE,
        &delivery::IN_FLIGHT,
        &delivery::RATE,
        &delivery::BACKOFF_MIN,
        &delivery::BACKOFF_MAX,
        &delivery::AGE_MAX,
        &delivery::ON_AMBIGUOUS,
        &delivery::ON_FULL,
        &delivery::ORDER,
    ],
};

/// The key under which the plugin's own settings stand.
pub(in crate::config) const SETTINGS: &str = "settings";

const fn seconds(count: u64) -> HumanDuration {
    HumanDuration(Duration::from_secs(count))
}

const MILLISECOND: HumanDuration = HumanDuration(Duration::from_millis(1));

const PLUGIN: Key<Option<Name>> = Key {
    path: "plugin",
    env: None,
    default: Preset::Absent(|| None, "`KIND_NAME`, such as `cache_redis`"),
    bounds: None,
    doc: "The plugin that runs under this name. Lets one plugin run twice under two names with different settings.",
};

const REQUIRED: Key<bool> = Key {
    path: "required",
    env: None,
    default: Preset::ByKind { cache: || true, events: || false },
    bounds: None,
    doc: "Whether the host is not ready while this provider can't start. Without the cache its callers can't work; \
          one of several receivers of events can catch up later, so the host is only degraded and says so.",
};

// The numbers' reason stands in `doc`, which the reference shows.
const TIMEOUT: Key<HumanDuration> = Key {
    path: "timeout",
    env: None,
    default: Preset::ByKind { cache: || seconds(1), events: || seconds(10) },
    bounds: Some((MILLISECOND, seconds(600))),
    doc: "Longest time of one call. Somebody waits for a cache, and after a second the database would have been \
          faster; nobody waits for a delivery, and vendors' APIs do take seconds.",
};

// The number's reason stands in `doc`, which the reference shows.
const START_TIMEOUT: Key<HumanDuration> = Key {
    path: "start-timeout",
    env: None,
    default: Preset::Same(|| seconds(10)),
    bounds: Some((MILLISECOND, seconds(600))),
    doc: "Longest time from loading the plugin until it is ready. Covers a slow name lookup and a TLS handshake with \
          one retry.",
};

const CONCURRENCY: Key<u32> = Key {
    path: "concurrency",
    env: None,
    default: Preset::ByKind { cache: || 256, events: || 16 },
    bounds: Some((1, 65_536)),
    doc: "Most calls in flight. More wait for half of `timeout` and are then refused as overloaded, instead of piling \
          up; 256 keeps a pipelined connection full, and 16 batches at once are more than vendors' rate limits allow.",
};

const FAILURES: Key<u32> = Key {
    path: "breaker.failures",
    env: None,
    default: Preset::Same(|| 5),
    bounds: Some((1, 1_000)),
    doc: "Failures in a row after which calls are refused at once. Five are no accident, and few enough that callers \
          don't queue behind time-outs.",
};

const OPEN_FOR: Key<HumanDuration> = Key {
    path: "breaker.open-for",
    env: None,
    default: Preset::Same(|| seconds(5)),
    bounds: Some((MILLISECOND, seconds(3_600))),
    doc: "How long calls are refused before one may try again. Longer than a server's restart would help nobody.",
};

/// Returns the paths that a block may have; `settings.*` is left to the plugin's schema.
pub(in crate::config) fn paths() -> Vec<&'static str> {
    SECTION.keys.iter().map(|key| key.path()).chain([SETTINGS]).collect()
}

/// Reads a block for a provider of `kind`; the reader's table is the block.
pub(in crate::config) fn read(reader: &mut Reader<'_>, kind: Kind) -> Block {
    Block {
        plugin: reader.read_for(&PLUGIN, kind).value.map(|Name(name)| name),
        required: reader.read_for(&REQUIRED, kind).value,
        timeout: reader.read_for(&TIMEOUT, kind).value.0,
        start_timeout: reader.read_for(&START_TIMEOUT, kind).value.0,
        concurrency: reader.read_for(&CONCURRENCY, kind).value,
        breaker: Breaker {
            failures: reader.read_for(&FAILURES, kind).value,
            open_for: reader.read_for(&OPEN_FOR, kind).value.0,
        },
        delivery: read_delivery(reader, kind),
    }
}

/// Reads how events reach the provider. A cache gets none, and a table that says how is a mistake.
fn read_delivery(reader: &mut Reader<'_>, kind: Kind) -> Delivery {
    if kind != Kind::Cache {
        return delivery::read(reader);
    }
    if let Some(node) = reader.table.and_then(|table| table.node("delivery")) {
        let what =
            format!("`{}delivery` has no meaning: this provider is a cache, which gets no events", reader.prefix);
        reader.found.push(Diagnostic::error(codes::VALUE_INVALID, what).at(&node.origin));
    }
    Delivery::default()
}
