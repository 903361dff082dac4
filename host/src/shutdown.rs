//! Waits for the signal to end.

use tracing::info;
#[cfg(not(unix))]
use tracing::warn;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    End,
    /// To read the configuration again.
    Reload,
}

/// The signals that the process heeds, caught from the moment this is made.
#[cfg(unix)]
#[derive(Debug)]
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Catches SIGTERM, SIGINT and SIGHUP. Made before anything starts: until then each would end the process at once.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn catch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Returns what the process is asked to do next.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => info!(signal = "SIGTERM", "ending"),
            _ = self.interrupt.recv() => info!(signal = "SIGINT", "ending"),
            _ = self.hangup.recv() => return Asked::Reload,
        }
        Asked::End
    }
}

/// The signals that the process heeds.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Does nothing: Ctrl-C is caught when it is waited for.
    ///
    /// # Errors
    /// None.
    pub fn catch() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Returns what the process is asked to do next: to end.
    pub async fn next(&mut self) -> Asked {
        if let Err(error) = tokio::signal::ctrl_c().await {
            warn!(code = "host.signals", "can't wait for Ctrl-C: {error}");
        }
        info!(signal = "Ctrl-C", "ending");
        Asked::End
    }
}

/// Returns once the process is asked to end; what an embedding app waits for. SIGHUP is not heeded.
///
/// # Errors
/// Where the system refuses a handler.
pub async fn requested() -> std::io::Result<()> {
    let mut signals = Signals::catch()?;
    while signals.next().await != Asked::End {}
    Ok(())
}
