//! How often each provider crashed the process: a small JSON file, replaced whole.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::ended::Crash;
use crate::{
    clock,
    replace::{PRIVATE, replace},
};

/// As many crashes keep a provider from being started. One may be bad luck and two a coincidence; after three, a supervisor
/// that restarts the host would go on for ever.
pub const CRASHES_MAX: u32 = 3;
/// A provider that ran so long before it crashed begins to count anew: ten minutes. A crash at the start, or by the first
/// calls, keeps the others from their work; one a day does not, and leaving the provider out would cost more than it does.
const RAN_WELL_MS: u64 = 10 * 60 * 1_000;
/// Most bytes of the file: a hundred providers take 30 KiB.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The file's name.
const FILE: &str = "counts.json";

/// The crashes of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How many, each soon after a start.
    pub count: u32,
    /// The content of its plugin; another begins to count anew.
    pub sha256: String,
    /// What it was asked for the last time, if it was on a thread of the host's.
    pub operation: Option<String>,
    /// How it ended the last time.
    pub cause: String,
    /// When that was, in unix milliseconds.
    pub at_ms: u64,
    /// The run in which that was.
    run: u64,
}

impl Counted {
    /// Tells whether the provider is not started any more.
    pub const fn quarantined(&self) -> bool {
        self.count >= CRASHES_MAX
    }

    /// Returns what was seen of the last time, in words.
    pub fn last(&self) -> String {
        let at = clock::rfc3339(self.at_ms);
        match &self.operation {
            Some(operation) => format!("by {} in `{operation}`, {at}", self.cause),
            None => format!("by {} on a thread of its own, {at}", self.cause),
        }
    }
}

/// The crashes of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    #[serde(default)]
    providers: BTreeMap<String, Counted>,
}

impl Counts {
    /// Reads the counts in a folder; none where there is no file.
    ///
    /// # Errors
    /// Where the file can't be read, or is none of ours.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut text = String::new();
        match File::open(folder.join(FILE)) {
            Ok(file) => file.take(FILE_BYTES_MAX).read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        serde_json::from_str(&text).map_err(io::Error::other)
    }

    /// Writes the counts into their folder.
    ///
    /// # Errors
    /// Where the file can't be replaced.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        replace(&folder.join(FILE), &text, PRIVATE)
    }

    /// Counts a crash, once; returns how often it was by now.
    pub fn count(&mut self, crash: &Crash) -> &Counted {
        let Crash { run, provider, sha256, operation, cause, at_ms, ran_ms } = crash.clone();
        let former = self.providers.get(&provider);
        let before = former.filter(|former| former.sha256 == sha256 && ran_ms < RAN_WELL_MS);
        let count = match former {
            Some(former) if former.run == run => former.count,
            _ => before.map_or(0, |before| before.count).saturating_add(1),
        };
        let operation = operation.map(|operation| operation.as_str().to_owned());
        let counted = Counted { count, sha256, operation, cause: cause.to_string(), at_ms, run };
        self.providers.entry(provider).insert_entry(counted).into_mut()
    }

    /// Returns the crashes of a provider.
    pub fn of(&self, provider: &str) -> Option<&Counted> {
        self.providers.get(provider)
    }

    /// Returns every provider that crashed, by name.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Counted)> {
        self.providers.iter()
    }

    /// Forgets a provider's crashes; tells whether there were any.
    pub fn clear(&mut self, provider: &str) -> bool {
        self.providers.remove(provider).is_some()
    }
}

#[cfg(test)]
mod tests;
