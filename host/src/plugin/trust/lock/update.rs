//! Brings a lock up to date with the files that are there.

use super::{Lock, Locked, Pinned};

/// A plugin's file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The name in its manifest.
    pub name: String,
    /// The version in its manifest.
    pub version: String,
    /// The target triple in its manifest.
    pub target: String,
    /// The file's name.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in 64 hexadecimal digits.
    pub sha256: String,
}

/// What locking a file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The plugin, or this target of it, is new.
    Added,
    /// Nothing.
    Same,
    /// The version was locked with another content for this target.
    Changed {
        /// The hash it had.
        was: String,
    },
    /// Another version was locked; what was locked of that is gone, for every target.
    Version {
        /// The version.
        was: String,
    },
}

impl Lock {
    /// Locks a file. Other targets of the same version stay; of another version they go: a release has one version.
    pub fn pin(&mut self, measured: &Measured) -> Change {
        let Measured { name, version, target, file, bytes, sha256 } = measured.clone();
        let pinned = Pinned { target, file, bytes, sha256, line: 0 };
        let Some(locked) = self.plugins.iter_mut().find(|locked| locked.name == name) else {
            self.plugins.push(Locked { name, version, origin: None, files: vec![pinned], line: 0 });
            self.plugins.sort_by(|a, b| a.name.cmp(&b.name));
            return Change::Added;
        };
        if locked.version != version {
            let was = std::mem::replace(&mut locked.version, version);
            locked.files = vec![pinned];
            // It was said of the other version.
            locked.origin = None;
            return Change::Version { was };
        }
        locked.pin(pinned)
    }

    /// Says where a plugin came from.
    pub fn set_origin(&mut self, name: &str, origin: &str) {
        if let Some(locked) = self.plugins.iter_mut().find(|locked| locked.name == name) {
            locked.origin = Some(origin.to_owned());
        }
    }
}

impl Locked {
    fn pin(&mut self, pinned: Pinned) -> Change {
        let Some(old) = self.files.iter_mut().find(|old| old.target == pinned.target) else {
            self.files.push(pinned);
            self.files.sort_by(|a, b| a.target.cmp(&b.target));
            return Change::Added;
        };
        let was = std::mem::replace(old, pinned);
        if was.sha256 == old.sha256 { Change::Same } else { Change::Changed { was: was.sha256 } }
    }
}
