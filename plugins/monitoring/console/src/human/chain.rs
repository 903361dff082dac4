//! An error's chain and the calls that led to it.

use outrigger_plugin_api::sdk::monitoring::{Exception, Frame};

use super::{Paint, escape};

/// Frames shown of each exception: the innermost five usually hold the line that failed and who called it.
const FRAMES_SHOWN: usize = 5;

/// Exceptions shown; longer chains are loops more often than causes.
const EXCEPTIONS_SHOWN: usize = 10;

/// Appends what follows the headline, which names the outermost exception.
pub(super) fn push(out: &mut String, exceptions: &[Exception], paint: Paint) {
    for (index, exception) in exceptions.iter().take(EXCEPTIONS_SHOWN).enumerate() {
        if index > 0 {
            out.push_str("    caused by ");
            push_exception(out, exception);
            out.push('\n');
        }
        for frame in exception.frames.iter().take(FRAMES_SHOWN) {
            push_frame(out, frame, paint);
        }
        more(out, exception.frames.len(), FRAMES_SHOWN, "frames", paint);
    }
    more(out, exceptions.len(), EXCEPTIONS_SHOWN, "causes", paint);
}

/// Appends `Type: value`.
pub(super) fn push_exception(out: &mut String, exception: &Exception) {
    escape::push(out, &exception.name);
    if !exception.value.is_empty() {
        out.push_str(": ");
        escape::push(out, &exception.value);
    }
}

/// Appends one call; an arrow marks the app's own code.
fn push_frame(out: &mut String, frame: &Frame, paint: Paint) {
    let own = frame.in_app == Some(true);
    let write = |out: &mut String| {
        out.push_str(if own { "      > at " } else { "        at " });
        if let Some(module) = &frame.module {
            escape::push(out, module);
            out.push_str("::");
        }
        escape::push(out, frame.function.as_deref().unwrap_or("?"));
        if let Some(file) = &frame.file {
            out.push_str(" (");
            escape::push(out, file);
            for number in [frame.line, frame.column].into_iter().flatten() {
                out.push_str(&format!(":{number}"));
            }
            out.push(')');
        }
    };
    if own {
        write(out)
    } else {
        paint.dim(out, write)
    }
    out.push('\n');
}

fn more(out: &mut String, all: usize, shown: usize, what: &str, paint: Paint) {
    if all > shown {
        paint.dim(out, |out| out.push_str(&format!("        … {} more {what}", all - shown)));
        out.push('\n');
    }
}
