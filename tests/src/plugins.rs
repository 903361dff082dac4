//! Finds the plugin libraries under test.

use std::path::{Path, PathBuf};

/// Returns the folder with the libraries that `cargo xtask test` built.
///
/// # Panics
/// Where it is not set, naming the command that sets it.
pub fn built() -> PathBuf {
    let dir = std::env::var_os("OUTRIGGER_TEST_PLUGINS").map(PathBuf::from);
    dir.expect("OUTRIGGER_TEST_PLUGINS names the folder of built plugins; run the tests with `cargo xtask test`")
}

/// Returns what the library of a plugin is called here.
pub fn file_name(name: &str) -> String {
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Returns the library of a plugin, such as `cache_memory`.
///
/// # Panics
/// Where it was not built.
pub fn library(name: &str) -> PathBuf {
    // Those that only tests load are examples of this package.
    let path = [built(), built().join("examples")]
        .map(|dir| dir.join(file_name(name)))
        .into_iter()
        .find(|path| path.is_file());
    path.unwrap_or_else(|| panic!("{name} is not in {}; run the tests with `cargo xtask test`", built().display()))
}

/// Copies a plugin's library into `dir`.
///
/// # Panics
/// Where it can't be copied.
pub fn place(name: &str, dir: &Path) -> PathBuf {
    let library = library(name);
    let target = dir.join(library.file_name().expect("a library has a name"));
    std::fs::copy(&library, &target).expect("copies the library");
    target
}

/// Replaces every `from` by a `to` of the same length, so that no offset in the library moves.
///
/// # Panics
/// Where there is none.
pub fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut patched = 0;
    for at in 0..bytes.len() {
        if let Some(place) = bytes.get_mut(at..at + from.len()).filter(|place| *place == from) {
            place.copy_from_slice(to);
            patched += 1;
        }
    }
    assert!(patched > 0, "the library no longer holds {:?}", String::from_utf8_lossy(from));
    bytes
}

/// Sets who may read, write and run a file or folder.
///
/// # Panics
/// Where it can't be set.
#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, mode).expect("sets the mode");
}

/// Does nothing: elsewhere a new file inherits its folder's rights.
#[cfg(not(unix))]
pub fn set_mode(_path: &Path, _mode: u32) {}
