//! Names each reason for which the store refuses an operation.

/// Why an operation was refused. The store is unchanged; a retry of the same call fails again unless
/// another caller changed the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The key is longer than [`Limits::key_bytes_max`](crate::Limits::key_bytes_max).
    #[error("key of {actual} bytes exceeds the limit of {max}")]
    KeyTooLong {
        /// Length of the key in bytes.
        actual: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The value is, or would become, longer than the limit.
    #[error("value of {actual} bytes exceeds the limit of {max}")]
    ValueTooLong {
        /// Length the value would have, in bytes; `usize::MAX` when it does not fit an integer.
        actual: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The stored value is not an integer as Redis writes one.
    #[error("value is not an integer or out of range")]
    NotAnInteger,
    /// The sum leaves the range of an `i64`.
    #[error("increment or decrement would overflow")]
    IntegerOverflow,
    /// The stored value is not a decimal number.
    #[error("value is not a valid float")]
    NotAFloat,
    /// The sum is not a finite number.
    #[error("increment would produce NaN or Infinity")]
    FloatOverflow,
    /// A lifetime of zero, or a deadline beyond the range of an `i64` of milliseconds.
    #[error("invalid expire time")]
    InvalidExpiry,
    /// The key to rename does not exist.
    #[error("no such key")]
    NoSuchKey,
    /// A copy onto itself.
    #[error("source and destination objects are the same")]
    SameKey,
}
