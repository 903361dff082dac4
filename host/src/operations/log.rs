//! The operations of this process, with what each changed.

use std::collections::VecDeque;

use serde::Serialize;

use crate::host::Changes;

/// Operations that are remembered: a day of a busy operator; each has some kilobytes.
const OPERATIONS_MAX: usize = 200;

/// Who asked for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// SIGHUP.
    Signal,
    /// A file that is watched has changed.
    Watch,
    /// Somebody, over the admin listener.
    Admin,
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Signal => "signal",
            Self::Watch => "watch",
            Self::Admin => "admin",
        })
    }
}

/// An operation that was done.
#[derive(Debug, Clone, Serialize)]
pub struct Operation {
    /// Counted over the life of the process.
    pub number: u64,
    /// Unix milliseconds.
    pub at_ms: u64,
    /// Who asked.
    pub by: By,
    /// What was asked.
    pub what: String,
    /// What it changed.
    #[serde(flatten)]
    pub changes: Changes,
}

/// An operation with what undoing it needs.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) operation: Operation,
    /// The file's text before it; `None` where there was no file.
    pub(super) before: Option<String>,
}

/// The newest operations.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    count: u64,
}

impl Log {
    /// Returns the operation that would be the next.
    pub(super) fn operation(&self, by: By, what: &str, changes: Changes, at_ms: u64) -> Operation {
        Operation { number: self.count + 1, at_ms, by, what: what.to_owned(), changes }
    }

    pub(super) fn add(&mut self, operation: Operation, before: Option<String>) {
        self.count = operation.number;
        self.entries.push_back(Entry { operation, before });
        if self.entries.len() > OPERATIONS_MAX {
            self.entries.pop_front();
        }
    }

    pub(super) fn last(&self) -> Option<&Entry> {
        self.entries.back()
    }

    pub(super) fn newest_first(&self) -> Vec<Operation> {
        self.entries.iter().rev().map(|entry| entry.operation.clone()).collect()
    }
}
