//! Bounds every call into a provider: deadline, concurrency, circuit breaker; and fans events out.

mod breaker;
mod cache;
mod error;
mod fanout;
mod finish;
mod gate;
mod tally;

pub use breaker::{Breaker, BreakerState};
pub use cache::{CacheCalls, Read};
pub use error::CallError;
pub use fanout::{Delivery, Outgoing, Sinks};
pub use finish::finish;
pub use gate::Gate;
pub use tally::Tally;

#[cfg(test)]
mod tests;
