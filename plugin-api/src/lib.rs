//! The stable boundary between Outrigger and its provider plugins: all that an author sees.
//!
#![doc = include_str!("../README.md")]

pub mod abi;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod export;
pub mod manifest;
pub mod sdk;
pub mod units;

pub use bytes;
pub use schemars;
pub use serde;
pub use serde_json;
pub use tokio;
pub use tracing;
