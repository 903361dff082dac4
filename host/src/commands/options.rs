//! What commands are told of the doors they come through.

use std::time::Duration;

/// What an engine is told of the door it serves.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The port that INFO tells.
    pub port: u16,
    /// Most clients, as CONFIG GET tells.
    pub clients_max: u32,
    /// How long a client may be silent, as CONFIG GET tells; zero for ever.
    pub idle_timeout: Duration,
    /// Longest argument.
    pub bulk_bytes_max: usize,
    /// Most bytes of one transaction's queued requests.
    pub queue_bytes_max: usize,
    /// Requests that take longer come into the slow log; zero for none.
    pub slower_than: Duration,
}
