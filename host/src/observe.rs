//! The process's own log with the plugins' lines in it, and what the process counts of itself.

pub mod latency;
pub mod process;
pub mod requests;
mod span_fields;

use std::{
    error::Error,
    io::IsTerminal,
    sync::atomic::{AtomicU8, Ordering},
};

use tracing::{Level, debug, error, info, trace, warn};
use tracing_subscriber::{filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat, LogLevel};
use span_fields::SpanFields;

/// The level plugins are told; set once by [`init`], and by embedders that keep an own subscriber.
static PLUGIN_LEVEL: AtomicU8 = AtomicU8::new(3);

/// Starts the log on standard error. A second call changes nothing.
pub fn init(config: &Log) {
    let level = filter(config.level);
    set_plugin_level(level);
    let json = match config.format {
        LogFormat::Json => true,
        LogFormat::Human => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let plain = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Of the whole log: a filter of one layer would be asked again for each span that is entered.
    let registry = tracing_subscriber::registry().with(level);
    // Fails where a subscriber is there already, as in an embedding app: then that one keeps the log.
    let _ = if json {
        // One span is ever open, a request's: a list of them would repeat it in each line.
        let lines = plain.json().flatten_event(true).with_span_list(false).fmt_fields(SpanFields);
        registry.with(lines).try_init()
    } else {
        registry.with(plain.with_ansi(std::io::stderr().is_terminal()).with_target(false)).try_init()
    };
}

const fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Sets the level that plugins started from now on are told.
pub fn set_plugin_level(level: LevelFilter) {
    let number = match level.into_level() {
        None => 0,
        Some(Level::ERROR) => 1,
        Some(Level::WARN) => 2,
        Some(Level::INFO) => 3,
        Some(Level::DEBUG) => 4,
        Some(Level::TRACE) => 5,
    };
    PLUGIN_LEVEL.store(number, Ordering::Relaxed);
}

/// Returns the level that plugins are told.
pub(crate) fn plugin_level() -> u8 {
    PLUGIN_LEVEL.load(Ordering::Relaxed)
}

/// Writes one line of a plugin.
pub(crate) fn plugin_line(level: u8, provider: &str, source: &str, message: &str, fields: &str) {
    let message = printable(message);
    // The macros need constant levels.
    match (level, fields.is_empty()) {
        (1, true) => error!(provider, source, "{message}"),
        (1, false) => error!(provider, source, fields, "{message}"),
        (2, true) => warn!(provider, source, "{message}"),
        (2, false) => warn!(provider, source, fields, "{message}"),
        (3, true) => info!(provider, source, "{message}"),
        (3, false) => info!(provider, source, fields, "{message}"),
        (4, _) => debug!(provider, source, fields, "{message}"),
        _ => trace!(provider, source, fields, "{message}"),
    }
}

/// Says that lines of a plugin were dropped because it wrote too many.
pub(crate) fn plugin_lines_dropped(provider: &str, lines: u64) {
    warn!(provider, code = "plugin.log_flood", lines, "the plugin wrote too many log lines; these were dropped");
}

/// Replaces control characters, which could forge lines or drive a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// Returns an error with all its causes, `outer: inner: innermost`.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
