//! Waits for the signal to end.

pub use crate::platform::{Asked, Signals};

/// Returns once the process is asked to end; what an embedding app waits for. SIGHUP is not heeded.
///
/// # Errors
/// Where the system refuses a handler.
pub async fn requested() -> std::io::Result<()> {
    let mut signals = Signals::catch()?;
    while signals.next().await != Asked::End {}
    Ok(())
}
