//! The memory cache provider: a byte-bounded map in the process, with Redis' string semantics.
//!
//! Everything here is synchronous and answers at once; nothing waits, but for the lock of a shard.

mod clock;
mod error;
mod limit;
mod number;
mod op;
mod provider;
mod reclaim;
mod settings;
mod store;
mod translate;
mod value;

pub use clock::{Clock, SystemClock};
pub use error::StoreError;
pub use limit::{ENTRY_OVERHEAD_BYTES, Limits};
pub use op::{Condition, Deadline, Existing, Expiry, ExpiryCondition, KeyPage, Old, Op, Reply, Token, Touch, Ttl};
pub use provider::MemoryCache;
pub use settings::Settings;
pub use store::{GroupOutcome, Store, StoreSize};
pub use value::Value;

outrigger_plugin_api::export_plugin! {
    cache: MemoryCache,
    description: "Keeps entries in this process, bounded in bytes, with Redis semantics; nothing survives a restart",
    settings: include_str!("../settings.schema.json"),
}
