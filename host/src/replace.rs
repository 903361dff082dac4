//! Puts a whole file in another's place: a reader sees the old or the new, after a crash too, and never a part.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::platform::{self, sync_folder};

/// What people read: a lock file, a library.
pub(crate) const READABLE: u32 = 0o644;

/// What is the host's alone.
pub(crate) const PRIVATE: u32 = 0o600;

/// Returns once `path` holds `bytes` and is on disk. On unix a file made anew has this mode, and others can't write it.
///
/// # Errors
/// Where the folder can't be written or is full; the old file is as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = beside(path)?;
    let written = write(&temporary, bytes, mode).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    sync_folder(folder_of(path))
}

/// Returns the folder that a file is in; of a bare name the current one.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a folder, and those above it, where there is none.
///
/// # Errors
/// As [`fs::create_dir_all`].
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    make(path, 0o755)
}

/// As [`make_folder`], for what others must not see.
///
/// # Errors
/// As [`fs::create_dir_all`].
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    make(path, 0o700)
}

fn make(path: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    platform::mode_of_new_folders(&mut builder, mode);
    builder.create(path)
}

/// Takes a file away; returns once that is on disk.
///
/// # Errors
/// As [`fs::remove_file`].
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync_folder(folder_of(path))
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // Left by a crash of a process with the same number; made anew, for the mode holds for new files only.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    platform::mode_of_new(&mut options, mode);
    let mut file = options.open(path)?;
    platform::set_mode(&file, mode)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The number keeps two processes apart; the ending keeps the file from being taken for a library.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("the path has no file name"))?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.new", std::process::id()));
    Ok(path.with_file_name(temporary))
}

#[cfg(test)]
pub(crate) mod tests;
