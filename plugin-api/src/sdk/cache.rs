//! The cache kind: bytes to bytes, one operation type, singly or in batches.
//!
//! Semantics are Redis' for every provider; the conformance suite pins them.

mod capabilities;
mod op;
mod provider;
mod reply;

pub use capabilities::{Ability, Capabilities};
pub use op::{Condition, ExpireCondition, Expiry, Op, OpCode};
pub use provider::{CacheProvider, Group, ScanPage, ScanRequest, Size, Watched};
pub use reply::{OpResult, Reply, Value};
