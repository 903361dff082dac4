//! The old file, the new, and nothing else.

use std::{fs, path::Path};

use super::{READABLE, remove, replace};

/// Returns the names of what is in a folder, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_made_replaced_and_removed_and_nothing_is_left_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    for (text, mode) in [("one", READABLE), ("another", 0o600)] {
        replace(&file, text.as_bytes(), mode).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let found = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            // The user's umask may take rights away.
            assert_eq!(found & !mode, 0, "{found:o}");
        }
        assert_eq!(names(dir.path()), ["file"]);
    }
    remove(&file).unwrap();
    assert!(names(dir.path()).is_empty());
    assert_eq!(remove(&file).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn what_can_not_be_replaced_stays_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("within"), b"").unwrap();
    assert!(replace(&folder, b"text", READABLE).is_err(), "a folder is no file");
    assert_eq!(names(dir.path()), ["folder"]);
    assert!(replace(&dir.path().join("absent/file"), b"text", READABLE).is_err());
    assert!(replace(Path::new(".."), b"text", READABLE).is_err());
}
