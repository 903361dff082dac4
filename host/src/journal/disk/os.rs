//! A real folder, locked for one process.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Disk, DiskFile, Listed};
use crate::{
    journal::JournalError,
    platform::{self, Folder},
    replace::{folder_of, make_private_folder},
};

/// Holds the lock, and nothing else, for as long as the folder is open. It is never deleted: another process could
/// then lock a second file of the same name.
const LOCK: &str = "lock";

/// A folder of the operating system, open in this process only.
#[derive(Debug)]
pub struct OsDisk {
    dir: PathBuf,
    folder: Folder,
    _lock: File,
}

impl OsDisk {
    /// Opens a folder, and makes it first where there is none, readable by this user alone.
    ///
    /// # Errors
    /// [`JournalError::Locked`] while another process, or another value of this type, has it open; retrying helps once
    /// that ended. [`JournalError::FolderUnusable`] if it can't be made, opened or locked.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        let unusable = |error: io::Error| JournalError::FolderUnusable { dir: dir.to_owned(), source: Arc::new(error) };
        make(dir).map_err(unusable)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK)).map_err(unusable)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::Locked { dir: dir.to_owned() },
            TryLockError::Error(error) => unusable(error),
        })?;
        Ok(Self { folder: Folder::open(dir).map_err(unusable)?, dir: dir.to_owned(), _lock: lock })
    }
}

fn make(dir: &Path) -> io::Result<()> {
    make_private_folder(dir)?;
    // The folder's own name must outlive a power cut too.
    platform::sync_folder(folder_of(dir))
}

impl Disk for OsDisk {
    fn list(&self) -> io::Result<Vec<Listed>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            // A name that is not text is none of ours.
            let (Ok(name), metadata) = (entry.file_name().into_string(), entry.metadata()?) else { continue };
            if metadata.is_file() && name != LOCK {
                files.push(Listed { name, bytes: metadata.len() });
            }
        }
        Ok(files)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true).read(true);
        // Records are what people did: nobody else on the machine needs to read them.
        platform::mode_of_new(&mut options, 0o600);
        Ok(Box::new(OsFile(options.open(self.dir.join(name))?)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OsFile(OpenOptions::new().read(true).write(true).open(self.dir.join(name))?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.dir.join(from), self.dir.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.dir.join(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.folder.sync()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.folder.free_bytes()
    }
}

struct OsFile(File);

impl DiskFile for OsFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        platform::write_at(&self.0, bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        // Includes the length, and leaves out times, which would cost a second write.
        self.0.sync_data()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match platform::read_at(&self.0, rest, offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }
}
