//! `plugins.lock`: which content each plugin had when somebody trusted it, for every target of a release.
//!
//! One file for all targets, because a lock that holds only its writer's system fails everywhere else. Reading and writing
//! are pure; `config` reads the file, `outrigger plugin lock` writes it.

mod read;
mod update;
mod write;

pub use read::LockError;
pub use update::{Change, Measured};

/// The version of the file's form that this host reads and writes.
pub(super) const FORM: i64 = 1;

/// A lock file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Plugins, sorted by name, each name once.
    plugins: Vec<Locked>,
}

/// One plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The name in its manifest.
    pub name: String,
    /// The version in its manifest.
    pub version: String,
    /// Where it came from, in words or as a URL; for people.
    pub origin: Option<String>,
    /// One file a target, sorted by target.
    pub files: Vec<Pinned>,
    /// The line in the lock file, from 1; 0 where it was not read from one.
    pub line: usize,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The target triple in its manifest.
    pub target: String,
    /// The file's name when it was locked; it may have another and be the same.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in 64 hexadecimal digits.
    pub sha256: String,
    /// The line in the lock file, from 1; 0 where it was not read from one.
    pub line: usize,
}

impl Lock {
    /// Returns the plugin of that name.
    pub fn find(&self, name: &str) -> Option<&Locked> {
        self.plugins.iter().find(|locked| locked.name == name)
    }

    /// Returns every plugin.
    pub fn plugins(&self) -> &[Locked] {
        &self.plugins
    }

    /// Returns the entry of a file by its name alone, for files too damaged to say theirs.
    pub fn file_named(&self, name: &str) -> Option<&Pinned> {
        self.plugins.iter().flat_map(|locked| &locked.files).find(|pinned| pinned.file == name)
    }

    /// Takes a plugin out; tells whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.plugins.len();
        self.plugins.retain(|locked| locked.name != name);
        self.plugins.len() < before
    }
}

impl Locked {
    /// Returns the file for a target.
    pub fn for_target(&self, target: &str) -> Option<&Pinned> {
        self.files.iter().find(|pinned| pinned.target == target)
    }
}

#[cfg(test)]
mod tests;
