//! Colour, or none.

use outrigger_plugin_api::sdk::monitoring::Severity;

/// Whether to write colours: the sixteen of every terminal, so that the user's own theme decides how they look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Ansi,
}

impl Paint {
    /// Appends what `write` does, dim.
    pub(super) fn dim(self, out: &mut String, write: impl FnOnce(&mut String)) {
        self.with("2", out, write);
    }

    /// Appends what `write` does in the severity's colour.
    pub(super) fn severity(self, out: &mut String, severity: Severity, write: impl FnOnce(&mut String)) {
        let code = match severity {
            Severity::Debug => "36",
            Severity::Info => "32",
            Severity::Warning => "33",
            Severity::Error => "31",
            Severity::Fatal => "1;31",
        };
        self.with(code, out, write);
    }

    fn with(self, code: &str, out: &mut String, write: impl FnOnce(&mut String)) {
        if self == Self::Plain {
            return write(out);
        }
        out.push_str(&format!("\u{1b}[{code}m"));
        write(out);
        out.push_str("\u{1b}[0m");
    }
}
