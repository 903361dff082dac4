//! A file that is renamed when it is full: `log` becomes `log.1`, `log.1` becomes `log.2`, the oldest goes.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::{Lines, Stopped, write_all};

/// The file. A batch is never split between two, so each may exceed the size by one batch if it was empty before.
#[derive(Debug)]
pub(crate) struct Rotating {
    path: PathBuf,
    rotate_at: u64,
    keep: u32,
    /// `None` after a failed write: the next one opens anew, which a remounted or emptied disk may need.
    file: Option<File>,
}

impl Rotating {
    pub(super) fn open(path: PathBuf, rotate_at: u64, keep: u32) -> io::Result<Self> {
        let file = Some(append_to(&path)?);
        Ok(Self { path, rotate_at, keep, file })
    }

    pub(super) fn write(&mut self, lines: &Lines) -> Result<(), Stopped> {
        let file = match self.file.take() {
            Some(file) => file,
            None => append_to(&self.path)?,
        };
        let file = self.turn_if_full(file, lines.bytes.len())?;
        let metadata = file.metadata()?;
        let (written, error) = write_all(&file, &lines.bytes);
        let Some(error) = error else {
            self.file = Some(file);
            return Ok(());
        };
        let records = lines.whole(written);
        if metadata.is_file() {
            // Half a line would spoil the next one; a shorter file needs no space, so this works on a full disk.
            let whole = records.checked_sub(1).and_then(|last| lines.ends.get(last)).copied().unwrap_or(0);
            let length = metadata.len().saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
            if let Err(error) = file.set_len(length) {
                tracing::warn!(%error, "could not cut off a line that was written in part");
            }
        }
        Err(Stopped { records, error })
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
        match self.turn() {
            Ok(()) => append_to(&self.path),
            Err(error) => {
                // A file too long is better than a record lost.
                tracing::warn!(path = %self.path.display(), %error, "could not begin a new file, the old one goes on");
                Ok(file)
            }
        }
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

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests;
