//! Copies a plugin into the private store under the hash of its content, so that what is opened can't change.
//!
//! Overwriting or truncating a mapped library crashes the process, and the loader answers a path it knows with the
//! old code; a content-addressed copy that nobody else writes has neither fault.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use super::discover::writable::check_dir;
use crate::{platform, replace::make_private_folder};

/// Numbers the copies that this process made.
static COPIES: AtomicU64 = AtomicU64::new(0);

/// A private copy.
#[derive(Debug, Clone)]
pub(crate) struct Staged {
    pub(crate) path: PathBuf,
    pub(crate) sha256: String,
}

/// Why a plugin could not be staged.
#[derive(Debug, thiserror::Error)]
#[error("can't copy it into the store {store}", store = .store.display())]
pub struct StageError {
    /// The store.
    pub store: PathBuf,
    /// What failed.
    #[source]
    pub source: io::Error,
}

/// Copies `bytes` to `<store>/<sha256>/<file name>`, readable by us alone.
///
/// A copy that is there already is read and compared: the store is ours, but a full disk or a crash may have cut it.
pub(crate) fn stage(store: &Path, file: &Path, bytes: &[u8]) -> Result<Staged, StageError> {
    place(store, file, bytes).map_err(|source| StageError { store: store.to_owned(), source })
}

/// Returns the hash that names a file's copy. Blocks on the disk.
pub(crate) fn hash_of_file(file: &Path) -> io::Result<String> {
    let bytes = super::inspect::read(file).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(sha256(&bytes))
}

/// Returns where the copy of a file with this hash is, if there is one.
pub(super) fn copy_of(store: &Path, sha256: &str, file: &Path) -> PathBuf {
    store.join(sha256).join(file.file_name().unwrap_or_default())
}

/// Tells whether this process has mapped the copy of a file with this hash.
pub(crate) fn is_mapped(store: &Path, sha256: &str, file: &Path) -> bool {
    super::open::has_opened(&copy_of(store, sha256, file))
}

fn place(store: &Path, file: &Path, bytes: &[u8]) -> io::Result<Staged> {
    let sha256 = sha256(bytes);
    let dir = store.join(&sha256);
    for dir in [store, &dir] {
        make_private_folder(dir)?;
        // It may have been there before: what others can put in place of a copy would be opened as ours.
        check_dir(dir).map_err(|error| io::Error::other(error.to_string()))?;
    }
    let name = file.file_name().ok_or_else(|| io::Error::other("the plugin's path has no file name"))?;
    let path = dir.join(name);
    if fs::read(&path).is_ok_and(|copy| copy == bytes) {
        return Ok(Staged { path, sha256 });
    }
    // Written beside and renamed: two hosts may stage the same plugin at once.
    // The counter keeps two providers of one plugin, staged at once in this process, apart.
    let copy = COPIES.fetch_add(1, Ordering::Relaxed);
    let temporary = dir.join(format!(".{}.{copy}.{}", std::process::id(), name.to_string_lossy()));
    // Left by a crash of a process with the same number.
    let _ = fs::remove_file(&temporary);
    let written = write_private(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    // What is opened later is this file: the hash is told only of bytes that were read from it. Windows lets nobody replace a
    // library that another provider has opened meanwhile, and needs not: it is the same.
    match (fs::read(&path), written) {
        (Ok(copy), _) if copy == bytes => Ok(Staged { path, sha256 }),
        (_, Err(error)) | (Err(error), Ok(())) => Err(error),
        (Ok(_), Ok(())) => Err(io::Error::other("the copy does not hold what was written to it")),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    platform::mode_of_new(&mut options, 0o500);
    let mut file = options.open(path)?;
    file.write_all(bytes)
}

/// Returns the SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
