//! The cache provider over Upstash's REST API, and over servers that speak it.
//!
//! A batch is one `/pipeline`, a group without watched keys one `/multi-exec`, a watched group one script. Commands are
//! JSON, which carries no bytes that aren't UTF-8; module `escape` says how those travel. See README.md for the limits.

mod batch;
mod escape;
mod group;
mod listing;
mod provider;
mod raw;
mod rest;
mod settings;
mod wire;

pub use provider::UpstashCache;
pub use settings::{Encoding, Settings};

outrigger_plugin_api::export_plugin! {
    cache: UpstashCache,
    description: "Keeps entries in Upstash Redis, over its REST API",
    settings: include_str!("../settings.schema.json"),
}
