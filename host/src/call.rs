//! Bounds every call into a provider: deadline, concurrency, circuit breaker.

mod breaker;
mod cache;
mod error;
mod finish;
mod gate;
mod question;
mod sink;
mod tally;

pub use breaker::{Breaker, BreakerState};
pub use cache::{CacheCalls, Read};
pub use error::CallError;
pub use finish::finish;
pub use gate::Gate;
pub use question::ask;
pub use sink::{Bodies, Outgoing, Sinks, deliver};
pub use tally::Tally;

#[cfg(test)]
mod tests;
