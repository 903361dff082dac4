//! Waits for the signal to end.

use tracing::{info, warn};

/// Returns once the process is asked to end: SIGTERM or SIGINT on unix, Ctrl-C elsewhere.
///
/// SIGHUP is kept for reload: it is caught and says so, because its default would end the process.
///
/// # Errors
/// Where the system refuses a signal handler.
#[cfg(unix)]
pub async fn requested() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => { info!(signal = "SIGTERM", "ending"); return Ok(()); }
            _ = interrupt.recv() => { info!(signal = "SIGINT", "ending"); return Ok(()); }
            _ = hangup.recv() => {
                warn!(code = "host.reload_unavailable", "SIGHUP is reserved for reload, which this version does not have; restart instead");
            }
        }
    }
}

/// Returns once the process is asked to end.
///
/// # Errors
/// Where the system refuses a handler.
#[cfg(not(unix))]
pub async fn requested() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await?;
    info!(signal = "Ctrl-C", "ending");
    Ok(())
}
