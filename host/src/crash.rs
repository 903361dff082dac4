//! Says which provider was at work when the process crashed, and leaves out one that crashed it again and again.
//!
//! A plugin is code in this process: nothing here survives its crash, but the next start can tell of it. While it runs, a
//! thread knows which provider it is calling ([`Mark`]), and a page of a file, mapped into memory, knows what every provider
//! has in flight. A handler of the fatal signals and one of `exit` write into that page who it was. The next start reads it,
//! counts, and refuses a provider that reached [`CRASHES_MAX`]. docs/decisions/crash-attribution.md says what can't be known.
//!
//! Only the program watches ([`watch`]): a library must not take the signals of the app that embeds it. Its marks then cost
//! the same and are read by nobody.
#![cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "crashes are watched on Linux only"))]

mod counts;
mod ended;
mod mark;
mod page;
mod ranges;
#[cfg(target_os = "linux")]
mod trap;
#[cfg(target_os = "linux")]
mod watch;

use std::path::{Path, PathBuf};

pub use counts::{CRASHES_MAX, Counted, Counts};
pub use mark::{Crumb, Mark, Marked, Op};
pub(crate) use ranges::note as loaded_at;
#[cfg(target_os = "linux")]
pub use watch::{Watch, watch};

/// Returns where the files of this module are: in the journal's folder, which outlives a restart and belongs to one host.
pub fn folder(journal: &Path) -> PathBuf {
    journal.join("crash")
}

/// A provider whose plugin crashed the process too often to be started once more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it crashed the host {count} times, each time soon after its start; the last time {last}")]
pub struct Quarantined {
    /// How often.
    pub count: u32,
    /// What was seen of the last time.
    pub last: String,
}

/// Tells whether the provider, with this content of its plugin, must not be started. Reads the counts anew: they may have
/// been cleared since the host began.
///
/// # Errors
/// [`Quarantined`].
pub(crate) fn admit(provider: &str, sha256: &str) -> Result<(), Quarantined> {
    let Some(folder) = page::folder() else { return Ok(()) };
    // Counts that can't be read keep nobody out: a start without them is the lesser evil.
    let counts = Counts::read(folder).unwrap_or_default();
    match counts.of(provider).filter(|counted| counted.quarantined() && counted.sha256 == sha256) {
        Some(counted) => Err(Quarantined { count: counted.count, last: counted.last() }),
        None => Ok(()),
    }
}

/// Does nothing: crashes are watched on Linux only.
#[cfg(not(target_os = "linux"))]
pub fn watch(_journal: &Path) -> Watch {
    Watch
}

/// Nothing is watched here.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub struct Watch;
