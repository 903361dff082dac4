//! What a journal asks of a disk: one flat folder of files, so that tests can put a failing one in its place.

mod memory;
mod os;
mod whole;

use std::io;

pub use memory::MemoryDisk;
pub use os::OsDisk;
pub use whole::{read_whole, write_atomically};

/// A file in a disk's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, without folder.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// One folder of files. Every call blocks; names are plain file names.
pub trait Disk: Send + Sync + 'static {
    /// Returns the folder's regular files in any order.
    ///
    /// # Errors
    /// Whatever the system says; trying again may help.
    fn list(&self) -> io::Result<Vec<Listed>>;

    /// Makes an empty file, to be written and read. Its name outlives a power cut only after [`Self::sync_dir`].
    ///
    /// # Errors
    /// `AlreadyExists` for a name that is taken, and whatever the system says.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;

    /// Opens an existing file, to be read and cut.
    ///
    /// # Errors
    /// `NotFound` for a name that is not there, and whatever the system says.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name, replacing a file that has it. Outlives a power cut only after [`Self::sync_dir`].
    ///
    /// # Errors
    /// Whatever the system says; the file then has either name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Deletes a file; readers that have it open keep it. Outlives a power cut only after [`Self::sync_dir`].
    ///
    /// # Errors
    /// Whatever the system says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Returns once the names of all files are on disk as they are now.
    ///
    /// # Errors
    /// Whatever the system says; the names are then as unsure as before.
    fn sync_dir(&self) -> io::Result<()>;

    /// Returns how many bytes can still be written.
    ///
    /// # Errors
    /// Whatever the system says.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// An open file. Every call blocks.
pub trait DiskFile: Send + Sync {
    /// Writes all bytes at `offset`, which is at most the file's length: over what is there, and on beyond its end.
    ///
    /// # Errors
    /// Whatever the system says; any part of the bytes may then be in the file.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns once all that was written, or cut, is on disk.
    ///
    /// # Errors
    /// Whatever the system says. What was unsynced may then be lost even if a later call succeeds, so there must be
    /// no later call.
    fn sync(&self) -> io::Result<()>;

    /// Reads from `offset` into `buffer` and returns how many bytes that were; fewer than it holds only at the end.
    ///
    /// # Errors
    /// Whatever the system says; trying again may help.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Returns the file's length in bytes.
    ///
    /// # Errors
    /// Whatever the system says.
    fn len(&self) -> io::Result<u64>;

    /// Cuts the file to `bytes`.
    ///
    /// # Errors
    /// Whatever the system says; the length is then the old or the new.
    fn truncate(&self, bytes: u64) -> io::Result<()>;

    /// Returns whether the file has no bytes.
    ///
    /// # Errors
    /// Like [`Self::len`].
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}
