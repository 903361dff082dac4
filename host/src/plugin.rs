//! Finds, inspects, stages, opens, verifies and starts plugins, and keeps the running providers.
//!
//! A plugin file passes these stations in this order, and no code of it runs before `open`:
//! discover → inspect → stage → trust → open → verify → start. A library once opened is never closed.

pub mod discover;
pub mod inspect;
mod load;
pub mod measure;
mod open;
mod provider;
pub mod registry;
mod services;
mod slot;
pub(crate) mod stage;
mod start;
mod switch;
pub mod trust;
mod verify;

pub(crate) use discover::is_library;
pub use discover::{Catalog, Found, Refused, Writable};
pub use inspect::InspectError;
pub use load::LoadError;
pub(crate) use open::opened as libraries_mapped;
pub use provider::{Api, Generation, Provider};
pub(crate) use provider::{skew, with_skew};
pub use registry::{Failure, Registry};
pub(crate) use registry::{restart_slot, shutdown as shutdown_slot, start_slot};
pub(crate) use services::outbound_counted;
pub use services::{PluginMetric, metrics as plugin_metrics};
pub use slot::{Slot, State};
pub(crate) use stage::{hash_of_file, is_mapped};
pub(crate) use start::World;
pub use switch::Switch;

#[cfg(test)]
mod tests;
