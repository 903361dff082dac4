//! Draws diagnostics for a terminal: the message with its code, the line with a caret, notes and help.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::mask::mask;
use super::{Diagnostic, Diagnostics, Origin, Severity, Shown};

/// Whether the drawing carries terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// ANSI colours.
    Colour,
    /// Plain text, for files, pipes and `NO_COLOR`.
    None,
}

impl Diagnostics {
    /// Draws all of them, with a blank line between.
    #[must_use]
    pub fn render(&self, paint: Paint) -> String {
        self.iter().map(|diagnostic| diagnostic.render(paint)).collect::<Vec<_>>().join("\n\n")
    }
}

impl Diagnostic {
    /// Draws this one, without a final line break.
    #[must_use]
    pub fn render(&self, paint: Paint) -> String {
        let renderer = match paint {
            Paint::Colour => Renderer::styled(),
            Paint::None => Renderer::plain(),
        };
        renderer.decor_style(DecorStyle::Ascii).render(&[self.group()])
    }

    fn group(&self) -> Group<'_> {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // Control characters from a variable or a file name must not reach the terminal.
        let title = level.primary_title(printable(&self.message)).id(self.code);
        let mut group = match &self.origin {
            Some(Origin::File { file, span }) => {
                let line_end = file
                    .text
                    .get(span.start..)
                    .and_then(|rest| rest.find(['\n', '\r']))
                    .map_or(file.text.len(), |at| span.start + at);
                // A caret under one line: the whole of a multi-line table helps nobody find the mistake.
                let start = file.text.floor_char_boundary(span.start);
                let end = file.text.ceil_char_boundary(span.end.min(line_end));
                let span = start..end.max(start);
                let reveal = (self.shown == Shown::Plain).then(|| span.clone());
                let masked = mask(&file.text, reveal);
                title.element(
                    Snippet::source(masked).path(file.name.as_str()).annotation(AnnotationKind::Primary.span(span)),
                )
            }
            Some(origin @ (Origin::EnvFile { .. } | Origin::Env { .. } | Origin::CommandLine { .. })) => {
                title.element(Level::NOTE.message(format!("it was read from {origin}")))
            }
            Some(Origin::Default) | None => Group::with_title(title),
        };
        for note in &self.notes {
            group = group.element(Level::NOTE.message(printable(note)));
        }
        if !self.valid.is_empty() {
            group = group.element(Level::NOTE.message(format!("valid: {}", printable(&self.valid.join(", ")))));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        if let Some(docs) = &self.docs {
            group = group.element(Level::NOTE.message(format!("see {docs}")));
        }
        group
    }
}

/// Replaces control characters other than the line break by their escapes.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}
