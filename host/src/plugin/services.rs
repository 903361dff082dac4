//! What the host does for plugins: takes their log lines and metrics, names the provider, bounds both.
//!
//! These functions are called by foreign code on any thread: they check every length and text, never block and
//! never panic.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use outrigger_plugin_api::abi::{HostServices_Ref, LogView, RSlice, RStr, host_services};
use parking_lot::{Mutex, RwLock};

use crate::{clock, observe};

/// Most bytes of one text of a log line; longer ones are cut. Enough for a backtrace, too few to fill a disk.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Most lines a second from one provider; the rest is counted and reported once a second. A provider at trace level
/// under load writes more than anyone reads, and a broken one must not drown the others' lines.
const LINES_PER_SECOND_MAX: u64 = 1_000;
/// Most metric names of one provider: a bound on what a plugin can make the host remember.
const METRICS_MAX: usize = 64;

/// One provider instance as the services know it.
struct Instance {
    provider: String,
    second: AtomicU64,
    lines: AtomicU64,
    metrics: Mutex<BTreeMap<String, PluginMetric>>,
}

/// A counter or gauge of a plugin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PluginMetric {
    /// A sum that only grows.
    Counter(f64),
    /// A value.
    Gauge(f64),
}

static INSTANCES: LazyLock<RwLock<BTreeMap<u64, Arc<Instance>>>> = LazyLock::new(RwLock::default);
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Registers a provider instance and returns its number, unique in this process.
pub(crate) fn register(provider: &str) -> u64 {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let instance = Instance {
        provider: provider.to_owned(),
        second: AtomicU64::new(0),
        lines: AtomicU64::new(0),
        metrics: Mutex::default(),
    };
    INSTANCES.write().insert(number, Arc::new(instance));
    number
}

/// Returns the metrics that an instance reported.
pub fn metrics(instance: u64) -> Vec<(String, PluginMetric)> {
    let instance = INSTANCES.read().get(&instance).cloned();
    instance.map(|i| i.metrics.lock().iter().map(|(name, value)| (name.clone(), *value)).collect()).unwrap_or_default()
}

/// Returns the table that plugins get.
pub(crate) fn table() -> HostServices_Ref {
    static TABLE: LazyLock<HostServices_Ref> = LazyLock::new(|| host_services(log, metric));
    *TABLE
}

fn text(bytes: RSlice<'_, u8>) -> String {
    let bytes = bytes.as_slice();
    String::from_utf8_lossy(bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes)).into_owned()
}

extern "C" fn log(line: &LogView<'_>) {
    let instance = INSTANCES.read().get(&line.instance).cloned();
    let provider = instance.as_deref().map_or("?", |instance| instance.provider.as_str());
    if let Some(instance) = &instance {
        match instance.admit() {
            Admitted::Yes => {}
            Admitted::AfterDropping(lines) => observe::plugin_lines_dropped(provider, lines),
            Admitted::No => return,
        }
    }
    observe::plugin_line(line.level, provider, &text(line.target), &text(line.message), &text(line.fields));
}

enum Admitted {
    Yes,
    AfterDropping(u64),
    No,
}

impl Instance {
    fn admit(&self) -> Admitted {
        let second = clock::unix_ms() / 1_000;
        if self.second.swap(second, Ordering::Relaxed) != second {
            let dropped = self.lines.swap(1, Ordering::Relaxed).saturating_sub(LINES_PER_SECOND_MAX);
            return if dropped > 0 { Admitted::AfterDropping(dropped) } else { Admitted::Yes };
        }
        if self.lines.fetch_add(1, Ordering::Relaxed) < LINES_PER_SECOND_MAX { Admitted::Yes } else { Admitted::No }
    }
}

extern "C" fn metric(instance: u64, kind: u8, name: RStr<'_>, value: f64) {
    let bytes = name.as_rslice().as_slice();
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    // The name becomes a label for every scraper: a plugin may not choose just any text.
    if bytes.is_empty() || bytes.len() > 64 || !bytes.iter().all(plain) || !value.is_finite() {
        return;
    }
    let Some(instance) = INSTANCES.read().get(&instance).cloned() else { return };
    let name = String::from_utf8_lossy(bytes).into_owned();
    let mut metrics = instance.metrics.lock();
    if metrics.len() >= METRICS_MAX && !metrics.contains_key(&name) {
        return;
    }
    let entry = metrics.entry(name);
    match kind {
        0 => {
            let was = match entry.or_insert(PluginMetric::Counter(0.0)) {
                PluginMetric::Counter(was) => was,
                PluginMetric::Gauge(_) => return,
            };
            *was += value.max(0.0);
        }
        1 => *entry.or_insert(PluginMetric::Gauge(0.0)) = PluginMetric::Gauge(value),
        _ => {}
    }
}
