//! The memory cache provider: a byte-bounded map in the process, with Redis' string semantics.
//!
//! Everything here is synchronous and answers at once; nothing waits, but for the lock of a shard.

mod clock;
mod error;
mod limit;
mod number;
mod op;
mod store;
mod value;

pub use clock::{Clock, SystemClock};
pub use error::StoreError;
pub use limit::{ENTRY_OVERHEAD_BYTES, Limits};
pub use op::{
    Condition, Deadline, Existing, Expiry, ExpiryCondition, KeyPage, Old, Op, Reply, Token, Touch,
    Ttl,
};
pub use store::{GroupOutcome, Store, StoreSize};
pub use value::Value;
