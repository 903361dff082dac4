//! Turns a record into what Sentry calls it.

mod accepted;
mod check_in;
mod context;
mod error;
mod log;
mod session;
mod span;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outrigger_plugin_api::sdk::{
    ProviderError,
    monitoring::{Context, Event, Severity},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{self as protocol, EnvelopeItem, Level, Log, SpanId, TraceId};
use uuid::Uuid;

use crate::{category::Category, sample::Sampling, settings::Settings};

/// What a record gets where it says nothing itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) release: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) server_name: Option<String>,
}

impl Defaults {
    /// Takes them from the settings.
    ///
    /// # Errors
    /// Names that Sentry discards.
    pub(crate) fn of(settings: &Settings) -> Result<Self, ProviderError> {
        let Settings { release, environment, server_name, .. } = settings.clone();
        let discarded = |setting: &str, name: &str| {
            Err(ProviderError::settings(format!("settings.{setting} is {name:?}, a name that Sentry discards")))
        };
        match (&release, &environment) {
            (Some(release), _) if !accepted::release(release) => discarded("release", release),
            (_, Some(environment)) if !accepted::environment(environment) => discarded("environment", environment),
            _ => Ok(Self { release, environment, server_name }),
        }
    }
}

/// What is sent of a record.
#[derive(Debug)]
pub(crate) enum Piece {
    /// An item that has an envelope of its own.
    Alone(Category, Box<EnvelopeItem>),
    /// One of many in a container.
    Log(Log),
    /// One of many in an envelope.
    Session(Box<EnvelopeItem>),
}

/// Turns a record into a piece, or says why it is not sent.
pub(crate) fn convert(record: &Record<Event>, defaults: &Defaults, sampling: &Sampling) -> Result<Piece, Verdict> {
    let skipped = |why: String| Err(Verdict::DroppedByVendor(why));
    match &record.body {
        Event::Error { .. } | Event::Event { .. } => match sampling.skips_error(record.id) {
            Some(why) => skipped(why),
            None => error::convert(record, defaults),
        },
        Event::Span { context, .. } => match sampling.skips_trace(&trace_id(record, context)) {
            Some(why) => skipped(why),
            None => span::convert(record, defaults),
        },
        Event::Log { .. } => log::convert(record, defaults),
        Event::CheckIn { .. } => check_in::convert(record, defaults),
        Event::Session { .. } => session::convert(record, defaults),
        // A sort of a later version of the model.
        _ => Err(Verdict::Unsupported),
    }
}

/// Returns when it happened: as the app said, else when the host received it.
fn moment(record: &Record<Event>, context: &Context) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(context.timestamp_ms.unwrap_or(record.received_at_ms))
}

/// Returns the trace: the app's, else one of the record's own that stays the same on every try.
fn trace_id(record: &Record<Event>, context: &Context) -> [u8; 16] {
    hex::<16>(context.trace_id.as_deref()).unwrap_or_else(|| *derived(record.id, "trace").as_bytes())
}

/// Returns the span, likewise.
fn span_id(record: &Record<Event>, context: &Context) -> [u8; 8] {
    hex::<8>(context.span_id.as_deref()).unwrap_or_else(|| derived(record.id, "span").as_u64_pair().0.to_be_bytes())
}

/// Returns an id that follows from the record's.
fn derived(id: Uuid, purpose: &str) -> Uuid {
    Uuid::new_v5(&id, purpose.as_bytes())
}

/// Reads hexadecimal digits; `None` where they are something else, or all zero, which W3C reserves.
fn hex<const BYTES: usize>(text: Option<&str>) -> Option<[u8; BYTES]> {
    let text = text?.trim();
    if text.len() != BYTES * 2 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    bytes.iter().any(|byte| *byte != 0).then_some(bytes)
}

fn ids(record: &Record<Event>, context: &Context) -> (TraceId, SpanId) {
    (TraceId::from(trace_id(record, context)), SpanId::from(span_id(record, context)))
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Debug => Level::Debug,
        Severity::Info => Level::Info,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
        Severity::Fatal => Level::Fatal,
    }
}

fn sdk() -> protocol::ClientSdkInfo {
    let (name, version) = crate::envelope::CLIENT;
    protocol::ClientSdkInfo {
        name: name.to_owned(),
        version: version.to_owned(),
        integrations: Vec::new(),
        packages: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
