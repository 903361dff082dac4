//! What the host does for plugins: takes their log lines and metrics, makes their HTTP requests, names the
//! provider, bounds all three.
//!
//! These functions are called by foreign code on any thread: they check every length and text, never block and
//! never panic.

mod http;
mod limit;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use limit::{Admitted, LineLimit};
use outrigger_plugin_api::abi::{HostServices, HostServices_Ref, LogView, RSlice, RStr, blob::BLOB_BYTES_MAX};
use parking_lot::{Mutex, RwLock};

use crate::{
    clock,
    config::{ProviderConfig, Redactor},
    observe,
    outbound::{Access, Counted},
};

/// Most bytes of one text of a log line; longer ones are cut. Enough for a backtrace, too few to fill a disk.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Most metric names of one provider: a bound on what a plugin can make the host remember.
const METRICS_MAX: usize = 64;
/// How long after the first dropped line the count is reported: a flood is over by then, or at its next second.
const REPORT_DELAY: Duration = Duration::from_secs(1);

/// One provider instance as the services know it.
#[derive(Default)]
struct Instance {
    provider: String,
    redactor: Redactor,
    lines: LineLimit,
    metrics: Mutex<BTreeMap<String, PluginMetric>>,
    /// The way to its backend; `None` where the host's client could not be made.
    access: Option<Arc<Access>>,
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
/// Stands for every number that no instance has: lines from a plugin's own threads, and those that claim any number.
static UNKNOWN: LazyLock<Arc<Instance>> =
    LazyLock::new(|| Arc::new(Instance { provider: "?".to_owned(), ..Instance::default() }));
static NEXT: AtomicU64 = AtomicU64::new(1);

/// An instance that the services know until this is dropped. Made of one that has started: what a failed start leaves
/// behind may still log, and its few hundred bytes stay.
pub(crate) struct Registered(u64);

impl Registered {
    /// Returns the registration of a provider that has started.
    pub(crate) const fn of(number: u64) -> Self {
        Self(number)
    }

    /// Returns the instance's number, unique in this process.
    pub(crate) const fn number(&self) -> u64 {
        self.0
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // Dropped after the lock is given back: the last of an access closes connections.
        let former = INSTANCES.write().remove(&self.0);
        drop(former);
    }
}

/// Registers a provider instance and returns its number.
pub(crate) fn register(config: &ProviderConfig, access: Option<Access>) -> u64 {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let instance = Instance {
        provider: config.name.clone(),
        redactor: Redactor::of(config),
        access: access.map(Arc::new),
        ..Instance::default()
    };
    INSTANCES.write().insert(number, Arc::new(instance));
    number
}

/// Returns the metrics that an instance reported.
pub fn metrics(instance: u64) -> Vec<(String, PluginMetric)> {
    let instance = INSTANCES.read().get(&instance).cloned();
    instance.map(|i| i.metrics.lock().iter().map(|(name, value)| (name.clone(), *value)).collect()).unwrap_or_default()
}

/// Returns what an instance's HTTP requests counted.
pub fn outbound_counted(instance: u64) -> Option<Counted> {
    let instance = INSTANCES.read().get(&instance).cloned()?;
    instance.access.as_ref().map(|access| access.counted())
}

/// Returns the table that plugins get.
pub(crate) fn table() -> HostServices_Ref {
    static TABLE: LazyLock<HostServices_Ref> = LazyLock::new(|| HostServices { log, metric, http: http::http }.leak());
    *TABLE
}

/// Reports the lines that were dropped of every instance. When it returns, every line dropped before is reported.
pub(crate) fn report_dropped() {
    // One at a time: another thread may have taken a count that it has not written yet.
    static REPORTING: Mutex<()> = Mutex::new(());
    let _reporting = REPORTING.lock();
    let known: Vec<_> = INSTANCES.read().values().cloned().collect();
    for instance in known.iter().chain([&*UNKNOWN]) {
        let dropped = instance.lines.take_dropped();
        if dropped > 0 {
            observe::plugin_lines_dropped(&instance.provider, dropped);
        }
    }
}

/// Has [`report_dropped`] run after [`REPORT_DELAY`], once for all lines dropped until then.
fn report_dropped_later() {
    static WAITING: AtomicBool = AtomicBool::new(false);
    if WAITING.swap(true, Ordering::AcqRel) {
        return;
    }
    // A thread of its own, at most one a second: the caller is foreign, and may be on no runtime of the host's.
    let thread = std::thread::Builder::new().name("plugin-log".into()).spawn(|| {
        std::thread::sleep(REPORT_DELAY);
        // Before the report: a line dropped from here on has to find that it must ask anew. Swapped and not stored,
        // for a store could be seen only after the counts were taken.
        WAITING.swap(false, Ordering::AcqRel);
        report_dropped();
    });
    if thread.is_err() {
        WAITING.store(false, Ordering::Release);
    }
}

/// Returns the bytes of a claim; none where no such slice can be.
fn bytes<'a>(claim: RSlice<'a, u8>) -> &'a [u8] {
    if claim.as_ptr().is_null() || claim.len() > BLOB_BYTES_MAX { &[] } else { claim.as_slice() }
}

fn text(claim: RSlice<'_, u8>) -> String {
    let bytes = bytes(claim);
    String::from_utf8_lossy(bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes)).into_owned()
}

extern "C" fn log(line: &LogView<'_>) {
    let known = INSTANCES.read().get(&line.instance).cloned();
    let instance = known.unwrap_or_else(|| UNKNOWN.clone());
    match instance.lines.admit(clock::unix_ms() / 1_000) {
        Admitted::Yes => {}
        Admitted::AfterDropping(lines) => observe::plugin_lines_dropped(&instance.provider, lines),
        Admitted::No => return report_dropped_later(),
    }
    let (target, message, fields) = (text(line.target), text(line.message), text(line.fields));
    let (message, fields) = (instance.redactor.clean(message), instance.redactor.clean(fields));
    observe::plugin_line(line.level, &instance.provider, &target, &message, &fields);
}

extern "C" fn metric(instance: u64, kind: u8, name: RStr<'_>, value: f64) {
    let bytes = bytes(name.as_rslice());
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
