//! Carries log lines, panics, metrics and HTTP requests of the plugin to the host.
//!
//! Every cdylib has its own copy of `tracing`, `log` and the panic hook, so this installs the plugin's.

mod subscriber;

use std::sync::{
    Once, OnceLock,
    atomic::{AtomicU8, Ordering},
};

use super::instance::current;
use crate::abi::{Blob, HostServices_Ref, HttpReplyView, HttpRequestView, LogView, Outcome, RSlice, RStr};

static HOST: OnceLock<HostServices_Ref> = OnceLock::new();
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// `metric` kind: adds to a counter.
pub const COUNTER: u8 = 0;
/// `metric` kind: sets a gauge.
pub const GAUGE: u8 = 1;

/// Remembers the host's services and installs the forwarders; later calls only set the level.
pub(crate) fn attach(services: HostServices_Ref, level: u8) {
    static INSTALLED: Once = Once::new();
    let _ = HOST.set(services);
    INSTALLED.call_once(|| {
        subscriber::install();
        std::panic::set_hook(Box::new(|info| {
            let at = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            let text = info.payload_as_str().unwrap_or("a panic without text");
            emit(1, "panic", text, serde_json::json!({ "at": at }).to_string().as_bytes());
        }));
    });
    set_level(level);
}

/// Sets the level above which nothing is forwarded.
pub(crate) fn set_level(level: u8) {
    LEVEL.store(level, Ordering::Relaxed);
    subscriber::level_changed(level);
}

/// Tells whether a line of this level goes to the host.
fn wanted(level: u8) -> bool {
    level <= LEVEL.load(Ordering::Relaxed)
}

/// Sends one line to the host.
fn emit(level: u8, target: &str, message: &str, fields: &[u8]) {
    let Some(services) = HOST.get() else { return };
    let bytes = RSlice::from_slice;
    let line = LogView {
        instance: current(),
        level,
        target: bytes(target.as_bytes()),
        message: bytes(message.as_bytes()),
        fields: bytes(fields),
        reserved: [0; 2],
    };
    services.log()(&line);
}

/// Sends one metric to the host.
pub(crate) fn metric(instance: u64, kind: u8, name: &str, value: f64) {
    if let Some(services) = HOST.get() {
        services.metric()(instance, kind, RStr::from_str(name), value);
    }
}

/// Hands one HTTP request to the host. A host older than the service, and a plugin that no host has attached, answer
/// `unsupported`.
pub(crate) fn http(request: &HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView> {
    match HOST.get().and_then(HostServices_Ref::http) {
        Some(http) => http(request, body),
        None => Outcome::lacks("the host", "http"),
    }
}
