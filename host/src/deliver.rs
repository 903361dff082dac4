//! Carries journaled events to every provider, each at its own pace, until each is delivered or dead-lettered.
//!
//! `intake` appends to the journal and only then acknowledges. Each provider has a *lane*: a cursor into the one
//! journal, a window of what it holds in memory, and a worker that sends batches and acts on verdicts. Lanes share
//! nothing but the journal, so a provider that hangs or is down costs the others nothing, and itself no more memory than
//! its window. The promise is in `docs/delivery.md`.

mod again;
mod backoff;
mod change;
mod checkpoint;
mod command;
mod deadletter;
mod index;
mod intake;
mod judge;
mod keeper;
mod lane;
mod outcome;
mod outlet;
mod policy;
mod progress;
mod rate;
mod receipt;
mod record;
mod replay;
mod rest;
mod shared;
mod start;
mod status;
mod window;
mod worker;

pub(crate) use change::Change;
pub use deadletter::{DeadLetter, DeadLetters};
pub use intake::{Accepted, Verified};
pub use lane::{Counts, Lane};
pub use outcome::Outcome;
pub use outlet::Outlet;
pub(crate) use outlet::Present;
pub use policy::Policy;
pub use receipt::{Progressed, Receipt};
pub use replay::{Filter, Replay, ReplayProgress, Span};
pub use shared::Deliveries;
pub use start::StartError;
pub use status::{JournalStatus, LaneStatus};
