//! Turns a record into a log of Datadog's, under the names that its pipelines know.
//!
//! Source: docs.datadoghq.com, "Logs API", "Default Standard Attributes", "Error Tracking for logs", read 2026-11-22.

use outrigger_plugin_api::sdk::{
    monitoring::{Context, Event, Object, Severity, Status},
    sink::Record,
};
use serde_json::{Map, Value, json};

use crate::{settings::Settings, stack};

/// Largest log, in bytes of JSON: Datadog cuts larger ones and says nothing.
const LOG_BYTES_MAX: usize = 1_000_000;
/// Oldest log, in milliseconds: 18 hours. Datadog drops older ones and says nothing.
const AGE_MS_MAX: u64 = 18 * 3600 * 1000;

/// Converts one record.
///
/// # Errors
/// Why Datadog would drop or cut it.
pub(crate) fn convert(record: &Record<Event>, settings: &Settings, now_ms: u64) -> Result<Value, String> {
    let said = record.body.context();
    let at_ms = moment(record);
    if now_ms.saturating_sub(at_ms) > AGE_MS_MAX {
        let hours = now_ms.saturating_sub(at_ms) / 3_600_000;
        return Err(format!("it happened {hours} hours ago; Datadog takes logs of the last 18"));
    }
    let mut log = circumstances(said, settings);
    let (message, severity) = content(&record.body, &mut log);
    log.insert("message".into(), json!(message));
    log.insert("status".into(), json!(status(said.severity.unwrap_or(severity))));
    log.insert("timestamp".into(), json!(at_ms));
    log.insert("outrigger".into(), json!({ "id": record.id, "type": kind(&record.body) }));
    let mut log = Value::Object(log);
    if log.to_string().len() > LOG_BYTES_MAX
        && let Some(members) = log.as_object_mut()
    {
        members.remove("breadcrumbs");
        members.remove("extra");
        members.insert("left_out".into(), json!("breadcrumbs, extra"));
    }
    match log.to_string().len() {
        0..=LOG_BYTES_MAX => Ok(log),
        bytes => Err(format!("the log has {bytes} bytes; Datadog takes {LOG_BYTES_MAX}")),
    }
}

/// Returns when it happened.
pub(crate) fn moment(record: &Record<Event>) -> u64 {
    match &record.body {
        Event::Span { start_us, .. } => start_us / 1000,
        body => body.context().timestamp_ms.unwrap_or(record.received_at_ms),
    }
}

/// Adds what happened; returns its text, and how bad it is where the record does not say.
fn content(body: &Event, log: &mut Map<String, Value>) -> (String, Severity) {
    match body {
        Event::Error { exceptions, handled, fingerprint, .. } => {
            let first = exceptions.first();
            let (kind, message) = first.map(|first| (first.name.clone(), first.value.clone())).unwrap_or_default();
            let mut error =
                json!({ "kind": kind, "message": message, "stack": stack::text(exceptions), "handled": handled });
            if !fingerprint.is_empty()
                && let Some(members) = error.as_object_mut()
            {
                members.insert("fingerprint".into(), json!(fingerprint.join("\u{1f}")));
            }
            log.insert("error".into(), error);
            (format!("{kind}: {message}"), Severity::Error)
        }
        Event::Event { name, properties, .. } => {
            fields(log, properties);
            log.insert("evt".into(), json!({ "name": name }));
            (name.clone(), Severity::Info)
        }
        Event::Log { message, fields: given, .. } => {
            fields(log, given);
            (message.clone(), Severity::Info)
        }
        Event::Span { name, operation, duration_us, status, fields: given, .. } => {
            fields(log, given);
            // Datadog's standard attribute, in nanoseconds.
            log.insert("duration".into(), json!(duration_us.saturating_mul(1000)));
            log.insert("operation".into(), json!(operation));
            (name.clone(), of(*status))
        }
        Event::CheckIn { monitor, status, duration_us, .. } => {
            log.insert("duration".into(), json!(duration_us.map(|us| us.saturating_mul(1000))));
            log.insert("check_in".into(), json!({ "monitor": monitor, "status": status }));
            (format!("{monitor}: {status:?}"), of(*status))
        }
        Event::Session { session_id, status, errors, .. } => {
            log.insert("session".into(), json!({ "id": session_id, "status": status, "errors": errors }));
            (format!("session {session_id}: {status:?}"), of(*status))
        }
        // A sort of a later version of the model.
        _ => ("a record of an unknown sort".to_owned(), Severity::Info),
    }
}

/// What the app named goes under its own name, unless Datadog or this provider means something else by it.
fn fields(log: &mut Map<String, Value>, given: &Object) {
    const OURS: [&str; 8] = ["message", "status", "timestamp", "service", "ddsource", "ddtags", "hostname", "error"];
    for (name, value) in given {
        let name = if OURS.contains(&name.as_str()) { format!("app.{name}") } else { name.clone() };
        log.insert(name, value.clone());
    }
}

fn circumstances(said: &Context, settings: &Settings) -> Map<String, Value> {
    let mut log = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            log.insert(name.to_owned(), value);
        }
    };
    put("ddsource", json!("outrigger"));
    put("service", json!(settings.service));
    put("hostname", json!(settings.hostname));
    put("ddtags", json!(tags(said, settings)));
    put("logger", said.logger.as_ref().map_or(Value::Null, |name| json!({ "name": name })));
    if let Some(user) = &said.user {
        put("usr", json!({ "id": user.id, "name": user.username, "email": user.email }));
        put("network", user.ip_address.as_ref().map_or(Value::Null, |ip| json!({ "client": { "ip": ip } })));
    }
    if let Some(request) = &said.request {
        put("http", json!({ "method": request.method, "url": request.url, "status_code": request.status }));
    }
    put("dd", trace(said));
    put("extra", if said.extra.is_empty() { Value::Null } else { json!(said.extra) });
    put("breadcrumbs", if said.breadcrumbs.is_empty() { Value::Null } else { json!(said.breadcrumbs) });
    log
}

/// Ties the log to its trace: the trace's id in hexadecimal as W3C has it, the span's as the decimal that Datadog's
/// tracers write.
fn trace(said: &Context) -> Value {
    let span = said.span_id.as_deref().and_then(|span| u64::from_str_radix(span, 16).ok());
    match (&said.trace_id, span) {
        (None, None) => Value::Null,
        (trace, span) => json!({ "trace_id": trace, "span_id": span.map(|span| span.to_string()) }),
    }
}

/// Returns the tags as one text: those of the settings, environment and version, and the record's own.
pub(crate) fn tags(said: &Context, settings: &Settings) -> String {
    list(said, settings).join(",")
}

/// Returns the tags one by one. Datadog parts them at commas, so a value has none.
pub(crate) fn list(said: &Context, settings: &Settings) -> Vec<String> {
    let environment = said.environment.as_ref().or(settings.env.as_ref()).map(|env| ("env", env));
    let version = said.release.as_ref().or(settings.version.as_ref()).map(|version| ("version", version));
    let own = said.tags.iter().map(|(name, value)| (name.as_str(), value));
    let written = environment.into_iter().chain(version).chain(own);
    let written = written.map(|(name, value)| format!("{name}:{value}").replace(',', "_"));
    settings.tags.iter().cloned().chain(written).collect()
}

const fn of(status: Status) -> Severity {
    match status {
        Status::InProgress | Status::Ok => Severity::Info,
        Status::Error | Status::Timeout => Severity::Error,
        Status::Crashed => Severity::Fatal,
    }
}

/// Error Tracking looks at `error` and worse.
const fn status(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "debug",
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
        Severity::Fatal => "critical",
    }
}

const fn kind(body: &Event) -> &'static str {
    match body {
        Event::Error { .. } => "error",
        Event::Event { .. } => "event",
        Event::Log { .. } => "log",
        Event::Span { .. } => "span",
        Event::CheckIn { .. } => "check_in",
        Event::Session { .. } => "session",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests;
