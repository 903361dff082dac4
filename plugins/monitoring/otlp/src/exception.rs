//! A chain of exceptions as the attributes that OpenTelemetry names: type, message and stack of the outermost one, with
//! its causes in the stack.

use std::fmt::Write;

use outrigger_plugin_api::sdk::monitoring::{Exception, Frame};

use crate::attributes::Attributes;

/// Adds the chain; returns the text of what was caught first.
///
/// Source: opentelemetry.io, "Semantic conventions for exceptions in logs", read 2026-11-23.
pub(crate) fn add(attributes: &mut Attributes, exceptions: &[Exception]) -> String {
    let Some(first) = exceptions.first() else { return "an error without an exception".to_owned() };
    attributes.put("exception.type", &first.name);
    attributes.put("exception.message", &first.value);
    if exceptions.len() > 1 || !first.frames.is_empty() {
        attributes.put("exception.stacktrace", stack(exceptions));
    }
    title(first)
}

/// Some clients send a type alone, others a text alone.
fn title(exception: &Exception) -> String {
    match (exception.name.as_str(), exception.value.as_str()) {
        (name, "") => name.to_owned(),
        ("", value) => value.to_owned(),
        (name, value) => format!("{name}: {value}"),
    }
}

/// Returns the chain in the form that Java prints and most vendors read: innermost call first, causes after one another.
fn stack(exceptions: &[Exception]) -> String {
    let mut text = String::new();
    for (place, exception) in exceptions.iter().enumerate() {
        let caused = if place == 0 { "" } else { "Caused by: " };
        let _ = writeln!(text, "{caused}{}", title(exception));
        exception.frames.iter().for_each(|frame| line(&mut text, frame));
    }
    text.truncate(text.trim_end().len());
    text
}

fn line(text: &mut String, frame: &Frame) {
    let function = frame.function.as_deref().unwrap_or("?");
    let module = frame.module.as_deref().map(|module| format!("{module}.")).unwrap_or_default();
    let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
    let place = frame.file.as_deref().unwrap_or("?");
    let _ = writeln!(text, "  at {module}{function} ({place}{}{})", number(frame.line), number(frame.column));
}
