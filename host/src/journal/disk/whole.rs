//! Small files that are replaced as a whole, such as cursors.

use std::io;

use super::Disk;

/// Ends the name of a file that is not finished. What a crash leaves of one is replaced by the next write.
const UNFINISHED: &str = ".tmp";

/// Replaces a file, or makes it: after a crash at any moment it has the old bytes or the new, never a mixture.
///
/// Blocks for two syncs. Calls for the same name must not overlap.
///
/// # Errors
/// Whatever the disk says. The file then has the old bytes, or the new ones which a power cut may take back; trying
/// again is safe.
pub fn write_atomically(disk: &dyn Disk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = format!("{name}{UNFINISHED}");
    let file = match disk.create(&unfinished) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            disk.remove(&unfinished)?;
            disk.create(&unfinished)?
        }
        other => other?,
    };
    file.write_at(bytes, 0)?;
    // Before the rename: else the new name could outlive a power cut without the bytes.
    file.sync()?;
    drop(file);
    disk.rename(&unfinished, name)?;
    disk.sync_dir()
}

/// Returns what a file holds; `None` if there is none.
///
/// # Errors
/// `FileTooLarge` for one of more than `bytes_max` bytes, and whatever the disk says.
pub fn read_whole(disk: &dyn Disk, name: &str, bytes_max: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let bytes = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    if bytes > bytes_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("{bytes} bytes, at most {bytes_max}")));
    }
    let mut content = vec![0; bytes];
    let read = file.read_at(&mut content, 0)?;
    content.truncate(read);
    Ok(Some(content))
}
