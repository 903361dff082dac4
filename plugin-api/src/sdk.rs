//! The authoring layer: ordinary async traits and plain types. No `unsafe`, no layout to think of.

pub mod cache;
pub mod call;
pub mod error;
pub mod host;
pub mod http;
pub mod moment;
pub mod runtime;
pub mod sink;
pub mod standing;

pub mod analytics;
pub mod monitoring;

pub use call::{Call, Countdown, Trace};
pub use error::{ErrorKind, ProviderError};
pub use host::Host;
pub use moment::Moment;
pub use runtime::RunOn;
pub use standing::Standing;

pub use crate::units::{ByteCount, HumanDuration};
pub use bytes::Bytes;

/// How a provider says that it is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Serving.
    Serving,
    /// Serving, with a reason for concern to show to people.
    Degraded(String),
}
