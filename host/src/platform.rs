//! What operating systems do in different ways. The same functions for each, so that everybody else is written once.
//!
//! Not here: opening a library, which is unsafe and so stays in `plugin::open`, and what only Linux has, in `crash`.
//! Modes are unix' permission bits; elsewhere what a new file may be used for is what its folder says.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use system::Signals;
pub(crate) use system::{
    Folder, mode_of, mode_of_new, mode_of_new_folders, read_at, rights, set_mode, signal_of, write_at,
};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    End,
    /// To read the configuration again.
    Reload,
}

/// Whose a file or folder is, and who may write it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    pub(crate) owner: u32,
    pub(crate) mode: u32,
    /// The user of this process.
    pub(crate) us: u32,
}

/// Returns once the names in a folder are on disk, where that needs asking for.
///
/// # Errors
/// The system's.
pub(crate) fn sync_folder(path: &std::path::Path) -> std::io::Result<()> {
    Folder::open(path)?.sync()
}
