//! The answers of a cache.

use std::time::Duration;

use crate::abi::Blob;
use crate::sdk::ProviderError;

/// Bytes of a value or key: made from `Vec<u8>`, `Bytes` or static bytes without a copy, read through `AsRef`.
pub type Value = Blob;

/// The answer to one operation. Each operation's text names the ones it gives.
#[derive(Debug)]
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

impl PartialEq for Reply {
    fn eq(&self, other: &Self) -> bool {
        fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
            a.map(Blob::as_ref) == b.map(Blob::as_ref)
        }
        match (self, other) {
            (Self::Missing, Self::Missing)
            | (Self::Yes, Self::Yes)
            | (Self::No, Self::No)
            | (Self::Persistent, Self::Persistent) => true,
            (Self::Value(a), Self::Value(b)) => a.as_ref() == b.as_ref(),
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Ttl(a), Self::Ttl(b)) => a == b,
            (Self::Stored(a), Self::Stored(b)) | (Self::NotStored(a), Self::NotStored(b)) => {
                same(a.as_ref(), b.as_ref())
            }
            _ => false,
        }
    }
}
