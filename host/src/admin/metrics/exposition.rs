//! Writes Prometheus' text format, version 0.0.4: each family's HELP and TYPE once, right before its samples.

use std::fmt::{Display, Write};

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a family; its samples follow at once.
    pub(super) fn family(&mut self, name: &str, sort: &str, about: &str) {
        let _ = writeln!(self.text, "# HELP {name} {about}\n# TYPE {name} {sort}");
    }

    /// Adds a sample of the family begun last. `labels` are as they are written, such as `kind="cache"`.
    pub(super) fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.text, "{name} {value}"),
            labels => writeln!(self.text, "{name}{{{labels}}} {value}"),
        };
    }

    /// Adds a family of one sample without labels; nothing where the value is not known.
    pub(super) fn single(&mut self, name: &str, sort: &str, about: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.family(name, sort, about);
            self.sample(name, "", value);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
