//! A chain of exceptions as the text that Error Tracking reads: causes one after another, each with its calls.

use std::fmt::Write;

use outrigger_plugin_api::sdk::monitoring::{Exception, Frame};

/// Returns the chain as text, what was caught first.
pub(crate) fn text(exceptions: &[Exception]) -> String {
    let mut text = String::new();
    for (place, exception) in exceptions.iter().enumerate() {
        let caused = if place == 0 { "" } else { "Caused by: " };
        let _ = writeln!(text, "{caused}{}: {}", exception.name, exception.value);
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
