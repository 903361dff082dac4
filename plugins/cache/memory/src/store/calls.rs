//! The operations that a Rust caller names most, without the enums.

use crate::store::Store;
use crate::{Condition, Expiry, Old, Op, Reply, StoreError};

impl Store {
    /// Stores a value without a deadline.
    ///
    /// # Errors
    ///
    /// When the key or the value is too long.
    pub fn set(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let (expiry, condition, old) = (Expiry::None, Condition::Always, Old::Drop);
        self.run(Op::Set { key, value, expiry, condition, old }).map(drop)
    }

    /// Removes a key and returns whether it existed.
    ///
    /// # Errors
    ///
    /// When the key is too long to exist.
    pub fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.run(Op::Delete { key }).map(|reply| reply == Reply::Changed(true))
    }
}
