//! The answers of a cache.

use std::time::Duration;

use crate::abi::Blob;
use crate::sdk::ProviderError;

/// Bytes of a value or key: made from `Vec<u8>`, `Bytes` or static bytes without a copy, read through `AsRef`.
pub type Value = Blob;

/// The answer to one operation. Each operation's text names the ones it gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// There is no such key.
    Missing,
    /// Bytes.
    Value(Value),
    /// A number.
    Integer(i64),
    /// It applied.
    Yes,
    /// It did not apply.
    No,
    /// The write applied; the former value where asked for.
    Stored(Option<Value>),
    /// The write's condition did not hold; the present value where asked for.
    NotStored(Option<Value>),
    /// The key has no deadline.
    Persistent,
    /// The time left, never zero for a key that is there.
    Ttl(Duration),
}

/// The result of one operation in a batch: one may fail while its neighbours succeed.
pub type OpResult = Result<Reply, ProviderError>;
