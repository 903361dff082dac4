//! Redis' commands over the active cache provider: what both doors of Redis clients speak.
//!
//! A request becomes operations of the cache and a form of reply. Operations of requests that follow each other cross
//! the seam as one batch. What Redis does as one step is one step here too, by the provider's own operation or an atomic
//! group. Texts of errors are those of Redis 7, because clients compare them; what is not Redis' carries our code.

mod about;
mod admit;
mod client;
mod config;
mod connection;
mod cursors;
mod describe;
mod engine;
mod fault;
mod form;
mod glob;
mod keyspace;
mod options;
mod plan;
mod script;
mod session;
mod slow;
mod table;
mod transaction;
mod turn;
mod write;

pub use engine::Engine;
pub use options::Options;
pub use session::{Connections, Session};
pub use table::{CommandCounts, names};

/// The Redis whose answers are given, and which clients are told they speak to.
const REDIS_VERSION: &str = "7.0.15";
