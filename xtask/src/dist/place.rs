//! Puts files in place whole: a reader sees the old file or the new one, never half of either.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    Written,
    /// The same bytes were there, so a host that watches the folder has nothing to reload.
    Unchanged,
    /// The user changed it since it was shipped, so it is theirs.
    KeptEdited,
}

/// Holds what was last placed, so that a user's own files and edits can be told from ours.
const RECORD: &str = ".shipped";

/// Writable by the owner only, whatever the umask: the host refuses other plugin folders.
const MODE_FOLDER: u32 = 0o755;
const MODE_TEXT: u32 = 0o644;

/// Creates a folder and those above it.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|e| failed("create", path, &e))?;
    set_mode(path, MODE_FOLDER)
}

/// Replaces `to` by a copy of `from` unless it already holds the same bytes.
pub(crate) fn place_file(from: &Path, to: &Path, mode: u32) -> Result<Placed, Failure> {
    let bytes = fs::read(from).map_err(|e| failed("read", from, &e))?;
    place_bytes(&bytes, to, mode)
}

/// Places the shipped configuration unless the copy in `dist` was edited since it was placed.
pub(crate) fn place_config(from: &Path, dist: &Path) -> Result<Placed, Failure> {
    let shipped = fs::read(from).map_err(|e| failed("read", from, &e))?;
    let (to, record) = (dist.join("plugins.toml"), dist.join(RECORD).join("plugins.toml"));
    let (current, recorded) = (fs::read(&to).ok(), fs::read(&record).ok());
    if current.is_some() && current != recorded && current.as_deref() != Some(&*shipped) {
        return Ok(Placed::KeptEdited);
    }
    folder(&dist.join(RECORD))?;
    place_bytes(&shipped, &record, MODE_TEXT)?;
    place_bytes(&shipped, &to, MODE_TEXT)
}

/// Removes libraries placed by an earlier build whose crate is gone, and returns their names.
///
/// A library the user dropped in was never recorded and stays.
pub(crate) fn remove_stale(dist: &Path, libraries: &[String]) -> Result<Vec<String>, Failure> {
    let record = dist.join(RECORD).join("libraries");
    let earlier = fs::read_to_string(&record).unwrap_or_default();
    let mut removed = Vec::new();
    for name in earlier.lines().filter(|name| !libraries.iter().any(|library| library == name)) {
        let path = dist.join("plugins").join(name);
        match fs::remove_file(&path) {
            Ok(()) => removed.push(name.to_owned()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(failed("remove", &path, &e)),
        }
    }
    folder(&dist.join(RECORD))?;
    place_bytes(libraries.join("\n").as_bytes(), &record, MODE_TEXT)?;
    Ok(removed)
}

fn place_bytes(bytes: &[u8], to: &Path, mode: u32) -> Result<Placed, Failure> {
    if fs::read(to).is_ok_and(|current| current == bytes) {
        set_mode(to, mode)?;
        return Ok(Placed::Unchanged);
    }
    // In the same folder, because a rename is whole only within one file system. The extension keeps
    // a plugin scan from taking the half-written file for a library.
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(format!(".{}.unfinished", std::process::id()));
    let unfinished = Path::new(&unfinished);
    fs::write(unfinished, bytes).map_err(|e| failed("write", unfinished, &e))?;
    set_mode(unfinished, mode)?;
    fs::rename(unfinished, to).map_err(|e| failed("replace", to, &e))?;
    Ok(Placed::Written)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| failed("set the mode of", path, &e))
}

/// Other systems have no mode bits; a new file inherits the folder's rights.
#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> Result<(), Failure> {
    Ok(())
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
