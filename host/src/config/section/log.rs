//! What the host writes to its log.

use super::Section;
use crate::config::key::{Key, Preset, Reader};
use crate::config::value::Words;

/// What is logged and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The least severe level that is written.
    pub level: LogLevel,
    /// The form of a line.
    pub format: LogFormat,
}

/// Severity of a log line, the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed for good.
    Error,
    /// Something was worked around.
    Warn,
    /// Start, stop, reload.
    Info,
    /// Each call.
    Debug,
    /// Everything.
    Trace,
}

impl Words for LogLevel {
    const ALL: &'static [(&'static str, Self)] = &[
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
        ("trace", Self::Trace),
    ];
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON elsewhere.
    Auto,
    /// For reading.
    Human,
    /// One JSON object a line.
    Json,
}

impl Words for LogFormat {
    const ALL: &'static [(&'static str, Self)] = &[("auto", Self::Auto), ("human", Self::Human), ("json", Self::Json)];
}

pub(in crate::config) const SECTION: Section =
    Section { title: "log", about: "The host's own log, on standard error.", keys: &[&LEVEL, &FORMAT] };

const LEVEL: Key<LogLevel> = Key {
    path: "log.level",
    env: Some("OUTRIGGER_LOG_LEVEL"),
    default: Preset::Same(|| LogLevel::Info),
    bounds: None,
    doc: "The least severe level that is written. At `info` the log tells starts, stops and faults, and nothing per \
          call, so it stays cheap. Plugins are told the level and skip what nobody reads.",
};

const FORMAT: Key<LogFormat> = Key {
    path: "log.format",
    env: Some("OUTRIGGER_LOG_FORMAT"),
    default: Preset::Same(|| LogFormat::Auto),
    bounds: None,
    doc: "The form of a line. `auto` is for people on a terminal and JSON anywhere else.",
};

/// Reads the section.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Log {
    Log { level: reader.read(&LEVEL).value, format: reader.read(&FORMAT).value }
}
