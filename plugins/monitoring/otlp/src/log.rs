//! Turns an error, event or log line into a log record.
//!
//! Source: opentelemetry.io, "Logs Data Model" and "Semantic conventions for general log attributes", read 2026-11-23.

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Object, Severity},
    sink::Record,
};

use crate::{attributes::Attributes, circumstances, exception, ids, wire::LogRecord};

/// Nanoseconds of a millisecond.
const MS: u64 = 1_000_000;

/// Converts one record; `None` for a sort that is no log.
pub(crate) fn convert(record: &Record<Event>) -> Option<LogRecord> {
    let mut attributes = Attributes::default();
    let none = Object::new();
    let (text, event_name, fields) = match &record.body {
        Event::Error { exceptions, handled, fingerprint, .. } => {
            let title = exception::add(&mut attributes, exceptions);
            attributes.put("outrigger.handled", *handled);
            let fingerprint = Some(fingerprint.as_slice()).filter(|strings| !strings.is_empty());
            attributes.put_some("outrigger.fingerprint", fingerprint);
            (title, String::new(), &none)
        }
        Event::Event { name, properties, .. } => (name.clone(), name.clone(), properties),
        Event::Log { message, fields, .. } => (message.clone(), String::new(), fields),
        _ => return None,
    };
    // Records of the same id are the same one: a receiver may remove what a retry doubled.
    attributes.put("log.record.uid", record.id.to_string());
    circumstances::add(&mut attributes, record, fields);
    let said = record.body.context();
    let id = |text: Option<&String>, bytes| text.and_then(|text| ids::read(text, bytes)).unwrap_or_default();
    let (severity_number, severity_text) = severity(record.body.severity());
    Some(LogRecord {
        time_unix_nano: said.timestamp_ms.unwrap_or(record.received_at_ms).saturating_mul(MS),
        observed_time_unix_nano: record.received_at_ms.saturating_mul(MS),
        severity_number,
        severity_text: severity_text.to_owned(),
        body: Some(text.into()),
        attributes: attributes.values,
        dropped_attributes_count: attributes.dropped,
        trace_id: id(said.trace_id.as_ref(), ids::TRACE_BYTES),
        span_id: id(said.span_id.as_ref(), ids::SPAN_BYTES),
        event_name,
    })
}

/// Returns the number and short name of the data model: the first of each range, as it says for sources without finer
/// levels.
const fn severity(severity: Severity) -> (i32, &'static str) {
    match severity {
        Severity::Debug => (5, "DEBUG"),
        Severity::Info => (9, "INFO"),
        Severity::Warning => (13, "WARN"),
        Severity::Error => (17, "ERROR"),
        Severity::Fatal => (21, "FATAL"),
    }
}

#[cfg(test)]
mod tests;
