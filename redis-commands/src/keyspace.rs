//! The prefix that stands before every key of this provider.

use outrigger_plugin_api::sdk::Bytes;

/// Adds, strips and matches the prefix.
#[derive(Debug, Clone)]
pub struct Keyspace {
    prefix: Bytes,
}

impl Keyspace {
    /// Returns the keyspace of this prefix; empty for the whole database.
    pub fn new(prefix: String) -> Self {
        Self { prefix: prefix.into() }
    }

    /// Tells whether the provider has the whole database for itself.
    pub const fn is_whole(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Returns the key as the server knows it.
    pub fn outer(&self, key: &Bytes) -> Bytes {
        if self.is_whole() { key.clone() } else { [&self.prefix[..], &key[..]].concat().into() }
    }

    /// Returns the key as the host knows it; `None` for another application's key.
    pub fn inner(&self, key: Vec<u8>) -> Option<Bytes> {
        let key = Bytes::from(key);
        key.starts_with(&self.prefix).then(|| key.slice(self.prefix.len()..))
    }

    /// Returns the pattern that matches exactly the keys that begin with `prefix`.
    pub fn pattern(&self, prefix: &[u8]) -> Vec<u8> {
        let mut pattern = Vec::with_capacity(self.prefix.len() + prefix.len() + 1);
        for byte in self.prefix.iter().chain(prefix) {
            // Glob characters of Redis' stringmatchlen.
            if matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\' | b'^' | b'-') {
                pattern.push(b'\\');
            }
            pattern.push(*byte);
        }
        pattern.push(b'*');
        pattern
    }
}

#[cfg(test)]
mod tests;
