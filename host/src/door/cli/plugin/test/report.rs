//! The table of cases, for people and for programs.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::super::super::output::{plain, table};
use super::message::Ended;

/// What the child's run came to.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) cases: Vec<Row>,
    /// What the plugin printed last, where it crashed or hung.
    pub(super) last_words: Vec<String>,
    /// Whether every case has run.
    pub(super) complete: bool,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    pub(super) case: String,
    #[serde(flatten)]
    pub(super) ended: Ended,
}

/// How much of a failure's text the table shows; with `--format json` all of it is there.
const WHY_LETTERS_MAX: usize = 400;

impl Report {
    /// Tells whether nothing failed and nothing is missing.
    pub(super) fn ok(&self) -> bool {
        self.complete && self.failed() == 0
    }

    fn count(&self, is: impl Fn(&Ended) -> bool) -> usize {
        self.cases.iter().filter(|row| is(&row.ended)).count()
    }

    fn failed(&self) -> usize {
        self.count(|ended| !matches!(ended, Ended::Passed | Ended::NotSupported(_)))
    }

    /// Returns the document for programs.
    pub(super) fn json(&self, file: &Path, plugin: &str) -> Value {
        json!({ "plugin": plugin, "file": file, "ok": self.ok(), "complete": self.complete,
            "passed": self.count(|ended| *ended == Ended::Passed), "failed": self.failed(),
            "not_supported": self.count(|ended| matches!(ended, Ended::NotSupported(_))),
            "cases": self.cases, "last_words": self.last_words })
    }

    /// Returns the text for people.
    pub(super) fn text(&self) -> String {
        let mut rows = vec![["CASE", "RESULT", "WHY"].map(str::to_owned).to_vec()];
        rows.extend(self.cases.iter().map(|row| {
            let (result, why) = match &row.ended {
                Ended::Passed => ("pass", ""),
                Ended::Failed(why) => ("FAIL", why.as_str()),
                Ended::NotSupported(what) => ("not supported", what.as_str()),
                Ended::Crashed(how) => ("CRASHED", how.as_str()),
                Ended::Hung(how) => ("HUNG", how.as_str()),
            };
            let shown: String = plain(why).chars().take(WHY_LETTERS_MAX).collect();
            vec![row.case.clone(), result.to_owned(), shown]
        }));
        let mut text = table(&rows);
        if !self.last_words.is_empty() {
            let words: Vec<_> = self.last_words.iter().map(|line| format!("  {}", plain(line))).collect();
            text.push_str(&format!("\n\nWhat it printed last:\n{}", words.join("\n")));
        }
        let supported = self.count(|ended| !matches!(ended, Ended::NotSupported(_)));
        let passed = self.count(|ended| *ended == Ended::Passed);
        text.push_str(&format!("\n\n{passed} of {supported} cases passed"));
        match self.cases.len() - supported {
            0 => {}
            skipped => text.push_str(&format!(", {skipped} need what the plugin does not declare")),
        }
        if !self.complete {
            text.push_str("; the cases after the last one did not run");
        }
        text
    }
}

#[cfg(test)]
mod tests;
