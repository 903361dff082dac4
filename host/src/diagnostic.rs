//! Says what is wrong with what somebody wrote: where, why, what would be right and how to get there.
//!
//! One type for every audience: the terminal draws it with a caret ([`Diagnostics::render`]), machines read it
//! as JSON. A run collects all of its diagnostics before it gives up, because nobody likes to fix a file one
//! error at a time. Source lines are masked before they are drawn (module `mask`), so a secret that stands beside an
//! error doesn't reach a log.

mod mask;
mod origin;
mod render;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use origin::{Origin, SourceFile};
pub use render::Paint;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The host doesn't start (or a reload is refused).
    Error,
    /// The host starts; somebody should look.
    Warning,
}

/// Whether the value under the caret may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// The value may be a secret, or nobody knows yet: masked unless it stands in a harmless section.
    #[default]
    Masked,
    /// The value is known to be no secret.
    Plain,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnostic {
    /// Stable name such as `config.unknown_key`; documented in `docs/reference/error-codes.md`.
    pub code: &'static str,
    /// Whether it stops the start.
    pub severity: Severity,
    /// One lowercase sentence fragment without a final period.
    pub message: String,
    /// Where the offending text came from; `None` if something is missing altogether.
    pub origin: Option<Origin>,
    /// Circumstances: who asked for it, what was searched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Everything that would have been accepted in this place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub valid: Vec<String>,
    /// The documentation that explains the place, as a path in the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Whether the value under the caret may be drawn.
    #[serde(skip)]
    pub shown: Shown,
}

impl Diagnostic {
    /// Starts an error; the other fields are added by the methods below.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            origin: None,
            notes: Vec::new(),
            help: None,
            valid: Vec::new(),
            docs: None,
            shown: Shown::Masked,
        }
    }

    /// Starts a warning.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Says where the offending text came from.
    #[must_use]
    pub fn at(mut self, origin: &Origin) -> Self {
        self.origin = Some(origin.clone());
        self
    }

    /// Adds a circumstance.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Lists what would have been accepted.
    #[must_use]
    pub fn valid(mut self, valid: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.valid = valid.into_iter().map(Into::into).collect();
        self
    }

    /// Points at the documentation.
    #[must_use]
    pub fn docs(mut self, docs: impl Into<String>) -> Self {
        self.docs = Some(docs.into());
        self
    }

    /// Declares that the value under the caret is no secret.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.shown = Shown::Plain;
        self
    }
}

/// Everything found wrong in one run, in the order of finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Returns an empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, unless the very same is there already (two settings may name the same empty variable).
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Takes over everything that `other` found.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// Returns whether anything in here stops the start.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns them in the order of finding.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }
}

impl<'d> IntoIterator for &'d Diagnostics {
    type Item = &'d Diagnostic;
    type IntoIter = std::slice::Iter<'d, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
