//! Where a provider's async bodies run.

/// Chooses the thread that polls a provider's futures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOn {
    /// The plugin's own tokio runtime, started at the first need: right for anything with sockets or timers.
    /// Costs a thread hop (about 20 µs measured on two cores, 2026-11); a body that blocks hurts only its own plugin.
    OwnRuntime,
    /// The host's thread, in place, without any runtime: right for bodies that never wait, or that wait only for
    /// the host's services. A body that blocks here blocks the host, and `tokio::spawn` or a socket panics.
    Caller,
}
