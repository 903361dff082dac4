//! A file that is renamed when it is full: `log` becomes `log.1`, `log.1` becomes `log.2`, the oldest goes.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::{Lines, Output, Stopped, write_all};

/// Whether lines are on the disk before they count as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// The system writes them out when it likes: a crash of the machine loses the last seconds.
    Never,
    /// Each batch is synced, and so is the folder where a file begins.
    Batch,
}

/// The file. A batch is never split between two, so each may exceed the size by one batch if it was empty before.
#[derive(Debug)]
pub struct Rotating {
    path: PathBuf,
    rotate_at: u64,
    keep: u32,
    sync: Sync,
    /// `None` after a failed write: the next one opens anew, which a remounted or emptied disk may need.
    file: Option<File>,
}

impl Rotating {
    /// Opens the file, or begins it. It turns over at so many bytes, and so many old ones are kept.
    ///
    /// # Errors
    /// The system's: its folder has to exist.
    pub fn open(path: PathBuf, rotate_at: u64, keep: u32, sync: Sync) -> io::Result<Self> {
        let mut rotating = Self { path, rotate_at, keep, sync, file: None };
        rotating.file = Some(rotating.begin()?);
        Ok(rotating)
    }

    /// Opens the file that is written to. One that is begun is known to its folder before anything counts as written.
    fn begin(&self) -> io::Result<File> {
        let begun = self.sync == Sync::Batch && !self.path.exists();
        let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        if begun {
            sync_folder(&self.path)?;
        }
        Ok(file)
    }

    /// Returns the file to write to: this one, or a new one where `more` bytes don't fit.
    ///
    /// The size is asked for each time, so that a file somebody else emptied (`copytruncate`) is seen as such.
    fn turn_if_full(&self, file: File, more: usize) -> io::Result<File> {
        let metadata = file.metadata()?;
        let after = metadata.len().saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
        if !metadata.is_file() || metadata.len() == 0 || after <= self.rotate_at {
            return Ok(file);
        }
        // Windows takes a name away only once the file is closed.
        drop(file);
        if let Err(error) = self.turn() {
            // A file too long is better than a record lost.
            tracing::warn!(path = %self.path.display(), %error, "could not begin a new file, the old one goes on");
        }
        self.begin()
    }

    /// Renames from the oldest on, so that no step overwrites what another still needs.
    fn turn(&self) -> io::Result<()> {
        if self.keep == 0 {
            return fs::remove_file(&self.path);
        }
        for number in (1..self.keep).rev() {
            match fs::rename(numbered(&self.path, number), numbered(&self.path, number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, numbered(&self.path, 1))
    }
}

impl Output for Rotating {
    fn write(&mut self, lines: &Lines) -> Result<(), Stopped> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let file = self.turn_if_full(file, lines.bytes.len())?;
        let metadata = file.metadata()?;
        let (written, error) = write_all(&file, &lines.bytes);
        // After a failed sync nobody knows what is on the disk: none of it counts.
        let (records, error) = match error {
            Some(error) => (lines.whole(written), Some(error)),
            None if self.sync == Sync::Batch && metadata.is_file() => (0, file.sync_data().err()),
            None => (0, None),
        };
        let Some(error) = error else {
            self.file = Some(file);
            return Ok(());
        };
        if metadata.is_file() {
            // Half a line would spoil the next one; a shorter file needs no space, so this works on a full disk.
            let whole = records.checked_sub(1).and_then(|last| lines.ends.get(last)).copied().unwrap_or(0);
            let length = metadata.len().saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
            if let Err(error) = file.set_len(length) {
                tracing::warn!(%error, "could not cut off a line that was written in part");
            }
        }
        // What did arrive whole before the disk was full is promised no less.
        let records = if self.sync == Sync::Batch && file.sync_data().is_err() { 0 } else { records };
        Err(Stopped { records, error })
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder can't be synced, and need not be.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests;
