//! Linux, macOS and their like. macOS is untested.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::{
        fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt},
        process::ExitStatusExt,
    },
    path::Path,
    process::ExitStatus,
};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use super::{Asked, Rights};

/// Sets the mode of a file that is made.
pub(crate) fn mode_of_new(options: &mut OpenOptions, mode: u32) {
    options.mode(mode);
}

/// Sets the mode of folders that are made.
pub(crate) fn mode_of_new_folders(builder: &mut DirBuilder, mode: u32) {
    builder.mode(mode);
}

/// Sets a file's mode, whatever the umask takes away.
pub(crate) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode & 0o7777))
}

/// Returns a file's mode.
pub(crate) fn mode_of(permissions: &Permissions) -> Option<u32> {
    Some(permissions.mode())
}

/// Reads once, at an offset.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Writes all bytes at an offset.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Returns the signal that ended a process.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Returns them; `None` where the system keeps rights otherwise.
pub(crate) fn rights(path: &Path) -> io::Result<Option<Rights>> {
    let metadata = path.metadata()?;
    Ok(Some(Rights { owner: metadata.uid(), mode: metadata.mode(), us: rustix::process::geteuid().as_raw() }))
}

/// A folder, held open.
#[derive(Debug)]
pub(crate) struct Folder(File);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// Returns once the names in it are on disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    /// Returns what this user may still take of its file system: less than is free, where some is kept for the superuser.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let state = rustix::fs::fstatvfs(&self.0)?;
        Ok(state.f_bavail.saturating_mul(state.f_frsize))
    }
}

/// The signals that the process heeds, caught from the moment this is made.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Catches SIGTERM, SIGINT and SIGHUP. Made before anything starts: until then each would end the process at once.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn catch() -> io::Result<Self> {
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
