//! What the child says to the parent: a line of JSON after a word that no plugin can guess, because plugins print, too.

use outrigger_plugin_api::conformance::Verdict;
use serde::{Deserialize, Serialize};

/// One step of the child's run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Message {
    /// A case begins.
    Begins { case: String },
    /// It has ended.
    Ends { case: String, ended: Ended },
    /// The plugin was not loaded, or did not start.
    Refused { code: String, message: String, help: String },
    /// Every case has run.
    Done,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "why", rename_all = "snake_case")]
pub(super) enum Ended {
    /// As it has to be.
    Passed,
    /// Not so, and how.
    Failed(String),
    /// The plugin says that it lacks what the case needs.
    NotSupported(String),
    /// It ended the process.
    Crashed(String),
    /// It did not end.
    Hung(String),
}

impl From<&Verdict> for Ended {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed(how) => Self::Failed(how.clone()),
            Verdict::Skipped(what) => Self::NotSupported(what.clone()),
            // No list of gaps is given here, so there is none that could be known.
            Verdict::KnownGap(reason) => Self::Failed(reason.clone()),
        }
    }
}

impl Message {
    /// Returns the line that carries it. It begins anew: the plugin may have printed half a line.
    pub(super) fn line(&self, word: &str) -> String {
        format!("\n{word} {}", serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads a line of the child's output; `None` for what the plugin printed.
    pub(super) fn read(line: &str, word: &str) -> Option<Self> {
        serde_json::from_str(line.strip_prefix(word)?).ok()
    }
}
