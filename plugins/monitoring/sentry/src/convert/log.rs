//! Log lines as Sentry's logs.

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Severity},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{Log, LogAttribute, LogLevel, LogSeverityNumber, Map, TraceId, Value};

use super::{Defaults, Piece, context, moment, trace_id};

/// Largest log that Sentry takes, in bytes of JSON (develop.sentry.dev, "Envelopes", 2026-11).
const LOG_BYTES_MAX: usize = 1_000_000;

pub(super) fn convert(record: &Record<Event>, defaults: &Defaults) -> Result<Piece, Verdict> {
    let Event::Log { message, fields, context: said } = &record.body else { return Err(Verdict::Unsupported) };
    let release = context::or_default(&said.release, &defaults.release);
    let environment = context::or_default(&said.environment, &defaults.environment);
    let user = said.user.as_ref();
    // OpenTelemetry's names where there are some: Sentry groups and searches by them.
    let named = [
        ("sentry.sdk.name", Some(crate::envelope::CLIENT.0.to_owned())),
        ("sentry.release", release),
        ("sentry.environment", environment),
        ("server.address", defaults.server_name.clone()),
        ("logger.name", said.logger.clone()),
        ("user.id", user.and_then(|user| user.id.clone())),
        ("user.name", user.and_then(|user| user.username.clone())),
        ("user.email", user.and_then(|user| user.email.clone())),
        ("sentry.trace.parent_span_id", said.span_id.clone()),
    ];
    let mut attributes: Map<String, LogAttribute> = Map::new();
    for (name, value) in fields.iter().chain(&said.extra) {
        attributes.insert(name.clone(), LogAttribute(plain(value)));
    }
    for (name, value) in &said.tags {
        attributes.insert(name.clone(), LogAttribute(Value::from(value.clone())));
    }
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), LogAttribute(value?.into()))));
    attributes.extend(named);
    let (level, number) = severity(said.severity.unwrap_or(Severity::Info));
    let log = Log {
        level,
        body: message.clone(),
        trace_id: Some(TraceId::from(trace_id(record, said))),
        timestamp: moment(record, said),
        severity_number: LogSeverityNumber::try_from(number).ok(),
        attributes,
    };
    let bytes = serde_json::to_vec(&log).map_or(0, |json| json.len());
    if bytes > LOG_BYTES_MAX {
        return Err(Verdict::Rejected(format!("the log has {bytes} bytes; Sentry takes {LOG_BYTES_MAX}")));
    }
    Ok(Piece::Log(log))
}

/// Attributes are numbers, booleans and texts; what is built of others goes as its JSON.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) | Value::Null => Value::from(value.to_string()),
        plain => plain.clone(),
    }
}

/// The level and OpenTelemetry's number for it.
const fn severity(severity: Severity) -> (LogLevel, u8) {
    match severity {
        Severity::Debug => (LogLevel::Debug, 5),
        Severity::Info => (LogLevel::Info, 9),
        Severity::Warning => (LogLevel::Warn, 13),
        Severity::Error => (LogLevel::Error, 17),
        Severity::Fatal => (LogLevel::Fatal, 21),
    }
}
