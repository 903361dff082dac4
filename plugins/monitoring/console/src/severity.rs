//! How bad each record is, where it doesn't say so itself.

use outrigger_plugin_api::sdk::monitoring::{Event, Severity, Status};

/// Returns the record's severity, or its sort's own.
pub(crate) fn of(event: &Event) -> Severity {
    event.context().severity.unwrap_or_else(|| match event {
        Event::Error { .. } => Severity::Error,
        // Slow or failed work is worth a look; the error behind it is a record of its own.
        Event::Span { status, .. } => of_status(*status, Severity::Warning),
        Event::CheckIn { status, .. } | Event::Session { status, .. } => of_status(*status, Severity::Error),
        _ => Severity::Info,
    })
}

const fn of_status(status: Status, bad: Severity) -> Severity {
    match status {
        Status::InProgress | Status::Ok => Severity::Info,
        Status::Error | Status::Crashed | Status::Timeout => bad,
    }
}

/// Returns the name used in settings and JSON.
pub(crate) const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "debug",
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
        Severity::Fatal => "fatal",
    }
}
