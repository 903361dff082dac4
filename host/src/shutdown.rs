//! Waits for the signal to end.

use tracing::{info, warn};

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

    /// Returns once the process is asked to end. SIGHUP is kept for reload: it only says so.
    pub async fn end(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return info!(signal = "SIGTERM", "ending"),
                _ = self.interrupt.recv() => return info!(signal = "SIGINT", "ending"),
                _ = self.hangup.recv() => warn!(
                    code = "host.reload_unavailable",
                    "SIGHUP is reserved for reload, which this version does not have; restart instead"
                ),
            }
        }
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

    /// Returns once the process is asked to end.
    pub async fn end(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            warn!(code = "host.signals", "can't wait for Ctrl-C: {error}");
        }
        info!(signal = "Ctrl-C", "ending");
    }
}

/// Returns once the process is asked to end; what an embedding app waits for.
///
/// # Errors
/// Where the system refuses a handler.
pub async fn requested() -> std::io::Result<()> {
    Signals::catch()?.end().await;
    Ok(())
}
