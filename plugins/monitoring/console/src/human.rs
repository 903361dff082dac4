//! The format for people: a headline, then what else is known on dim lines under it.

mod chain;
mod details;
mod paint;

use outrigger_plugin_api::sdk::{
    Moment,
    monitoring::{Event, Severity, Status},
    sink::Record,
};
pub(crate) use paint::Paint;

use crate::escape;

/// Appends the record.
pub(crate) fn push(out: &mut String, record: &Record<Event>, paint: Paint) {
    let event = &record.body;
    let moment = Moment(event.context().timestamp_ms.unwrap_or(record.received_at_ms));
    paint.dim(out, |out| out.push_str(&moment.to_string()));
    out.push(' ');
    let severity = event.severity();
    paint.severity(out, severity, |out| out.push_str(label(severity)));
    out.push(' ');
    headline(out, event);
    out.push('\n');
    if let Event::Error { exceptions, .. } = event {
        chain::push(out, exceptions, paint);
    }
    details::push(out, event, paint);
}

const fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "DEBUG",
        Severity::Info => "INFO ",
        Severity::Warning => "WARN ",
        Severity::Error => "ERROR",
        Severity::Fatal => "FATAL",
    }
}

fn headline(out: &mut String, event: &Event) {
    match event {
        Event::Error { exceptions, handled, .. } => {
            out.push_str(if *handled { "error    " } else { "error    unhandled " });
            match exceptions.first() {
                Some(outermost) => chain::push_exception(out, outermost),
                None => out.push_str("without an exception"),
            }
        }
        Event::Event { name, .. } => named(out, "event    ", name),
        Event::Log { message, .. } => named(out, "log      ", message),
        Event::Span { name, operation, duration_us, status, .. } => {
            named(out, "span     ", name);
            out.push_str(&format!(" {} {}", Took(*duration_us), word(*status)));
            named(out, " ", operation);
        }
        Event::CheckIn { monitor, status, duration_us, .. } => {
            named(out, "check-in ", monitor);
            out.push_str(&format!(" {}", word(*status)));
            if let Some(duration) = duration_us {
                out.push_str(&format!(" {}", Took(*duration)));
            }
        }
        Event::Session { session_id, status, errors, .. } => {
            named(out, "session  ", session_id);
            out.push_str(&format!(" {} errors={errors}", word(*status)));
        }
        _ => out.push_str("a sort of record newer than this plugin"),
    }
}

fn named(out: &mut String, sort: &str, text: &str) {
    out.push_str(sort);
    escape::push(out, text);
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::InProgress => "in progress",
        Status::Ok => "ok",
        Status::Error => "error",
        Status::Crashed => "crashed",
        Status::Timeout => "timeout",
    }
}

/// Microseconds in the unit a person would use.
struct Took(u64);

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let us = self.0;
        match us {
            0..1_000 => write!(f, "{us}us"),
            1_000..1_000_000 => write!(f, "{}.{}ms", us / 1_000, us % 1_000 / 100),
            _ => write!(f, "{}.{:02}s", us / 1_000_000, us % 1_000_000 / 10_000),
        }
    }
}

#[cfg(test)]
mod tests;
