//! A folder in memory, for tests of what stands on a journal. Nothing of it outlives the process.

use std::{collections::BTreeMap, io, sync::Arc};

use parking_lot::{Mutex, RwLock};

use super::{Disk, DiskFile, Listed};

type Content = Arc<RwLock<Vec<u8>>>;

/// Files in memory; clones are the same folder.
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<BTreeMap<String, Content>>>);

impl MemoryDisk {
    /// Returns an empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a file, or replaces what it holds.
    pub fn put(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.0.lock().insert(name.to_owned(), Arc::new(RwLock::new(bytes.into())));
    }

    fn content(&self, name: &str) -> io::Result<Content> {
        self.0.lock().get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for MemoryDisk {
    fn list(&self) -> io::Result<Vec<Listed>> {
        let files = self.0.lock();
        let listed = files.iter().map(|(name, content)| (name.clone(), content.read().len() as u64));
        Ok(listed.map(|(name, bytes)| Listed { name, bytes }).collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut files = self.0.lock();
        if files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let content = Content::default();
        files.insert(name.to_owned(), Arc::clone(&content));
        Ok(Box::new(MemoryFile(content)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(MemoryFile(self.content(name)?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let content = self.content(from)?;
        let mut files = self.0.lock();
        files.remove(from);
        files.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.lock().remove(name).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self) -> io::Result<()> {
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

struct MemoryFile(Content);

impl DiskFile for MemoryFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut content = self.0.write();
        let at = usize::try_from(offset).ok().filter(|at| *at <= content.len()).ok_or(io::ErrorKind::InvalidInput)?;
        let over = bytes.len().min(content.len() - at);
        let (over, beyond) = bytes.split_at_checked(over).unwrap_or_default();
        if let Some(into) = content.get_mut(at..at + over.len()) {
            into.copy_from_slice(over);
        }
        content.extend_from_slice(beyond);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let content = self.0.read();
        let rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..)).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        if let (Some(into), Some(from)) = (buffer.get_mut(..read), rest.get(..read)) {
            into.copy_from_slice(from);
        }
        Ok(read)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.read().len() as u64)
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.0.write().truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        Ok(())
    }
}
