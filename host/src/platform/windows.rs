//! Windows. Who may use a file is said by access control lists, which a new file takes from its folder.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io,
    os::windows::fs::FileExt,
    path::{Path, PathBuf},
    process::ExitStatus,
};

use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
};
use tracing::info;

use super::{Asked, Rights};

/// Has no modes.
pub(crate) fn mode_of_new(_options: &mut OpenOptions, _mode: u32) {}

/// Has no modes.
pub(crate) fn mode_of_new_folders(_builder: &mut DirBuilder, _mode: u32) {}

/// Has no modes.
pub(crate) fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Has no modes.
pub(crate) fn mode_of(_permissions: &Permissions) -> Option<u32> {
    None
}

/// Reads once, at an offset. Moves the file's own position, which nobody uses.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Writes all bytes at an offset. Moves the file's own position, which nobody uses.
pub(crate) fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = file.seek_write(bytes, offset)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset = offset.saturating_add(written as u64);
    }
    Ok(())
}

/// Has no signals: a crash is an exit code.
pub(crate) fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

/// Not looked at: the standard library does not read access control lists.
pub(crate) fn rights(_path: &Path) -> io::Result<Option<Rights>> {
    Ok(None)
}

/// A folder. It can't be held open, and needs no sync: NTFS keeps names in a journal of its own.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if path.metadata()?.is_dir() { Ok(Self(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// Returns what this user may still take of its volume.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        fs4::available_space(&self.0)
    }
}

/// What asks the process to end, caught from the moment this is made.
#[derive(Debug)]
pub struct Signals {
    interrupt: CtrlC,
    terminate: CtrlBreak,
    close: CtrlClose,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// Catches Ctrl-C, Ctrl-Break, the closing of the console and the system's shutdown.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn catch() -> io::Result<Self> {
        Ok(Self { interrupt: ctrl_c()?, terminate: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// Returns what the process is asked to do next: to end. Nothing here asks for a reload.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => info!(signal = "CTRL_C_EVENT", "ending"),
            _ = self.terminate.recv() => info!(signal = "CTRL_BREAK_EVENT", "ending"),
            _ = self.close.recv() => info!(signal = "CTRL_CLOSE_EVENT", "ending"),
            _ = self.shutdown.recv() => info!(signal = "CTRL_SHUTDOWN_EVENT", "ending"),
        }
        Asked::End
    }
}
