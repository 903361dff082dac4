//! The cache provider over Redis and Valkey: one server, a master found through sentinels, or a cluster.
//!
//! A batch of operations is one pipeline: one round trip. What Redis has no command for (compare-and-set and its
//! kin, groups) is a Lua script, so it is atomic and still one round trip. See README.md for settings and limits.

mod failure;
mod form;
mod group;
mod link;
mod listing;
mod provider;
mod settings;

pub use provider::RedisCache;
pub use settings::{Mode, Settings};

outrigger_plugin_api::export_plugin! {
    cache: RedisCache,
    description: "Keeps entries in Redis or Valkey: a single server, behind sentinels, or a cluster",
    settings: include_str!("../settings.schema.json"),
}
