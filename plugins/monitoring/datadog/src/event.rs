//! Named events as Datadog's events.
//!
//! Source: docs.datadoghq.com, "Events API v1", read 2026-11-22.

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Severity},
    sink::Record,
};
use serde_json::{Value, json};

use crate::{log, settings::Settings};

/// Longest text, in characters: longer ones are cut, because the properties in it are beside the point of an event.
const TEXT_CHARS_MAX: usize = 4000;
/// Longest title, likewise.
const TITLE_CHARS_MAX: usize = 500;

/// Converts one event; the host hands over no other sort.
pub(crate) fn convert(record: &Record<Event>, settings: &Settings) -> Value {
    let (name, properties) = match &record.body {
        Event::Event { name, properties, .. } => (name.as_str(), json!(properties).to_string()),
        _ => ("event", String::new()),
    };
    let said = record.body.context();
    let mut tags = log::list(said, settings);
    tags.push(format!("service:{}", settings.service));
    json!({
        "title": name.chars().take(TITLE_CHARS_MAX).collect::<String>(),
        "text": properties.chars().take(TEXT_CHARS_MAX).collect::<String>(),
        "date_happened": log::moment(record) / 1000,
        "alert_type": match said.severity.unwrap_or(Severity::Info) {
            Severity::Debug | Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error | Severity::Fatal => "error",
        },
        "tags": tags,
        "host": settings.hostname,
        "source_type_name": "outrigger",
    })
}
