//! What a command is written into, word by word.

use outrigger_plugin_api::sdk::Bytes;

/// A command under construction. The carrier's own form implements this, so that nothing is written twice.
pub trait Words: Sized {
    /// Returns the command of this name, without arguments.
    fn named(name: &str) -> Self;

    /// Adds an argument.
    fn word(&mut self, word: &[u8]);

    /// Adds a number in decimal.
    fn number(&mut self, number: i64);

    /// Adds an unsigned number in decimal.
    fn count(&mut self, count: u64);

    /// Adds an argument that the carrier may keep without a copy.
    fn bytes(&mut self, bytes: &Bytes) {
        self.word(bytes);
    }
}

/// A command as a list of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List(pub Vec<Bytes>);

impl Words for List {
    fn named(name: &str) -> Self {
        Self(vec![Bytes::copy_from_slice(name.as_bytes())])
    }

    fn word(&mut self, word: &[u8]) {
        self.0.push(Bytes::copy_from_slice(word));
    }

    fn number(&mut self, number: i64) {
        self.0.push(number.to_string().into());
    }

    fn count(&mut self, count: u64) {
        self.0.push(count.to_string().into());
    }

    fn bytes(&mut self, bytes: &Bytes) {
        self.0.push(bytes.clone());
    }
}
