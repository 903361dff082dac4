//! Finds, inspects, stages, opens, verifies and starts plugins, and keeps the running providers.
//!
//! A plugin file passes these stations in this order, and no code of it runs before `open`:
//! discover → inspect → stage → open → verify → start. A library once opened is never closed.

pub mod discover;
pub mod inspect;
mod load;
mod open;
mod provider;
pub mod registry;
mod services;
mod slot;
mod stage;
mod start;
mod verify;

pub use discover::{Catalog, Found, Refused, Writable};
pub use inspect::InspectError;
pub use load::LoadError;
pub use provider::{Api, Generation, Provider};
pub use registry::{Registry, State};
pub(crate) use services::outbound_counted;
pub use services::{PluginMetric, metrics as plugin_metrics};
pub use slot::Slot;
pub(crate) use start::World;

#[cfg(test)]
mod tests;
