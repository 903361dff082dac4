//! Waits for the signal to end.

pub use crate::platform::Signals;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    End,
    /// To read the configuration again.
    Reload,
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
