//! Decides whether a plugin's bytes are those that somebody vouched for: by their hash in `plugins.lock`, by a signature.
//!
//! Judges bytes that were read before, so that what is judged is what is opened. A name that is in the lock file is
//! pinned: another content is refused whatever the policy says, also where its manifest claims another version or target,
//! or else a changed manifest would be the way around the hash.

mod error;
mod examine;
mod lock;
mod signature;

use std::path::Path;

pub use error::TrustError;
pub use examine::{examine, explain};
pub use lock::{Change, Lock, LockError, Locked, Measured, Pinned};
use outrigger_plugin_api::manifest::Manifest;
pub use signature::{Key, beside as signature_of};

use crate::config::{Signatures, Trust, Unknown};

/// A plugin's bytes with what is known of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    /// Where they were read.
    pub(crate) file: &'a Path,
    /// What they say of themselves.
    pub(crate) manifest: &'a Manifest,
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Their SHA-256, in hexadecimal digits.
    pub(crate) sha256: &'a str,
}

/// What one of the two proofs says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Vouched for; the words say how.
    Good(String),
    /// Not vouched for, and nobody asked for it.
    Absent(&'static str),
    /// Not vouched for; the policy only wants it said.
    Doubtful(TrustError),
    /// Not to be loaded.
    Refused(TrustError),
}

impl Finding {
    /// Returns a few words for a table.
    pub fn words(&self) -> String {
        match self {
            Self::Good(words) => words.clone(),
            Self::Absent(words) => (*words).to_owned(),
            Self::Doubtful(error) | Self::Refused(error) => error.words().to_owned(),
        }
    }

    /// Returns what is wrong, if anything is.
    pub const fn error(&self) -> Option<&TrustError> {
        match self {
            Self::Good(_) | Self::Absent(_) => None,
            Self::Doubtful(error) | Self::Refused(error) => Some(error),
        }
    }
}

/// How a plugin stands to the lock file and to the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// By its hash.
    pub lock: Finding,
    /// By its signature.
    pub signature: Finding,
}

impl Judgement {
    /// Returns why the plugin must not be loaded.
    pub fn refusal(&self) -> Option<&TrustError> {
        [&self.lock, &self.signature].into_iter().find_map(|finding| match finding {
            Finding::Refused(error) => Some(error),
            _ => None,
        })
    }

    /// Returns what the policy only wants said.
    pub fn doubts(&self) -> impl Iterator<Item = &TrustError> {
        [&self.lock, &self.signature].into_iter().filter_map(|finding| match finding {
            Finding::Doubtful(error) => Some(error),
            _ => None,
        })
    }

    /// Returns both in a few words for a table.
    pub fn words(&self) -> String {
        match &self.signature {
            Finding::Absent(_) => self.lock.words(),
            signature => format!("{}, {}", self.lock.words(), signature.words()),
        }
    }
}

impl Trust {
    /// Tells whether bytes have to be read at all to judge a plugin of this name.
    pub(crate) fn asks(&self, name: &str) -> bool {
        self.signatures != Signatures::Off || self.lock.as_ref().is_some_and(|lock| lock.find(name).is_some())
    }
}

/// Judges a plugin. Reads the signature beside the file, if signatures are asked for.
pub(crate) fn judge(trust: &Trust, content: Content<'_>) -> Judgement {
    Judgement { lock: by_lock(trust, content), signature: signature::judge(trust, content) }
}

/// Judges a file that is about to be installed: a plugin may be new, and another version is an upgrade, but a version that
/// is locked must have the locked content.
pub(crate) fn judge_new(trust: &Trust, content: Content<'_>) -> Result<(), TrustError> {
    if let Some(locked) = trust.lock.as_ref().and_then(|lock| lock.find(&content.manifest.name)) {
        match compare(trust, locked, content) {
            Ok(()) | Err(TrustError::OtherVersion { .. } | TrustError::OtherTarget { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    match signature::judge(trust, content) {
        Finding::Refused(error) => Err(error),
        _ => Ok(()),
    }
}

fn by_lock(trust: &Trust, content: Content<'_>) -> Finding {
    match trust.lock.as_ref().and_then(|lock| lock.find(&content.manifest.name)) {
        Some(locked) => match compare(trust, locked, content) {
            Ok(()) => Finding::Good("locked".to_owned()),
            Err(error) => Finding::Refused(error),
        },
        None => not_locked(trust),
    }
}

/// Judges a plugin that the lock file does not name.
fn not_locked(trust: &Trust) -> Finding {
    let error = || TrustError::NotLocked { lock: trust.lock_name(), policy: trust.unknown_by.clone() };
    match trust.unknown {
        Unknown::Allow => Finding::Absent("not locked"),
        Unknown::Warn => Finding::Doubtful(error()),
        Unknown::Deny => Finding::Refused(error()),
    }
}

/// Compares from the outside in: which plugin, for which system, how long, and only then the hash.
fn compare(trust: &Trust, locked: &Locked, content: Content<'_>) -> Result<(), TrustError> {
    let Content { manifest, bytes, sha256, .. } = content;
    let lock = trust.lock_name();
    if locked.version != manifest.version {
        return Err(TrustError::OtherVersion {
            lock: format!("{lock}:{}", locked.line),
            version: manifest.version.clone(),
            locked: locked.version.clone(),
        });
    }
    let Some(pinned) = locked.for_target(&manifest.target) else {
        let targets: Vec<_> = locked.files.iter().map(|pinned| pinned.target.as_str()).collect();
        let lock = format!("{lock}:{}", locked.line);
        return Err(TrustError::OtherTarget { lock, target: manifest.target.clone(), locked: targets.join(", ") });
    };
    if pinned.sha256 == sha256 {
        return Ok(());
    }
    let (lock, length) = (format!("{lock}:{}", pinned.line), bytes.len() as u64);
    Err(if length < pinned.bytes {
        TrustError::Truncated { lock, bytes: length, locked: pinned.bytes }
    } else {
        TrustError::Changed {
            lock,
            sha256: sha256.to_owned(),
            locked: pinned.sha256.clone(),
            written: examine::written_at(content.file),
        }
    })
}

#[cfg(test)]
mod tests;
