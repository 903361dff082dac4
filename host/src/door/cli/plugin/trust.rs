//! How a plugin's trust is shown: a few words, and what is wrong in a paragraph.

use std::path::Path;

use serde::Serialize;

use crate::{
    config::Trust,
    plugin::{Found, InspectError, trust::examine},
};

/// How a plugin stands to the lock file and the keys.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// A few words.
    pub words: String,
    /// Whether it would not be loaded.
    pub refused: bool,
    /// The stable code of what is wrong, also where it would be loaded.
    pub code: Option<&'static str>,
    /// What is wrong.
    pub message: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Shown {
    /// Judges a plugin as loading it would.
    pub fn of(trust: &Trust, found: &Found) -> Self {
        match examine(trust, found) {
            Ok(judgement) => {
                let wrong = judgement.refusal().or_else(|| judgement.doubts().next());
                Self {
                    words: judgement.words(),
                    refused: judgement.refusal().is_some(),
                    code: wrong.map(|error| error.code()),
                    message: wrong.map(ToString::to_string),
                    help: wrong.map(|error| error.help()),
                }
            }
            Err(error) => Self::refused(&error),
        }
    }

    /// Shows a file that is no plugin for this host.
    pub fn refused(error: &InspectError) -> Self {
        Self {
            words: "REFUSED".to_owned(),
            refused: true,
            code: Some(error.code()),
            message: Some(error.to_string()),
            help: Some(error.help()),
        }
    }

    /// Returns a paragraph on what is wrong; empty where nothing is.
    pub fn note(&self, file: &Path) -> String {
        let Self { refused, code: Some(code), message: Some(message), help: Some(help), .. } = self else {
            return String::new();
        };
        let word = if *refused { "refused" } else { "warning" };
        format!("\n\n{word}[{code}]: {}\n  {message}\n  help: {help}", file.display())
    }
}
