//! An answer that is ready now, or a future that will give it.

use abi_stable::{StableAbi, std_types::RResult};
use async_ffi::FfiFuture;

use super::{AbiError, Res};

/// What a call returns at once. `Ready` allocates nothing and never left the calling thread.
///
/// A `Pending` future starts its work on the first poll and aborts it when dropped, so a host may hold one
/// back until it has a free place. This enum never grows.
#[repr(u8)]
#[derive(StableAbi)]
pub enum Outcome<T> {
    /// The answer.
    Ready(Res<T>),
    /// The answer comes later.
    Pending(FfiFuture<Res<T>>),
}

impl<T> Outcome<T> {
    /// Returns the ready error.
    pub fn error(error: AbiError) -> Self {
        Self::Ready(RResult::RErr(error))
    }

    /// Returns the ready value.
    pub fn ok(value: T) -> Self {
        Self::Ready(RResult::ROk(value))
    }

    /// Returns the answer of an operation this plugin was built without.
    pub fn unsupported() -> Self {
        Self::error(AbiError::unsupported())
    }

    /// Returns the answer for a method or service that the other side's table ends before: `whose` table, which method.
    pub fn lacks(whose: &str, method: &str) -> Self {
        Self::error(AbiError::lacks(whose, method))
    }
}
