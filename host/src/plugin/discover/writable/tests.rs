//! Whose files are trusted, by owner and mode.
#![expect(clippy::unwrap_used, reason = "tests; clippy knows their functions, but not those they call")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use super::{Because, because, check};
use crate::{platform::Rights, plugin::InspectError};

#[test]
fn only_this_user_and_root_may_own_what_only_the_owner_may_write() {
    const FILE: u32 = 0o100_000;
    for (owner, mode, us, expected) in [
        (7, 0o644, 7, None),
        (7, 0o700, 7, None),
        (0, 0o755, 7, None),
        (0, 0o755, 0, None),
        (7, 0o664, 7, Some(Because::Mode(0o664))),
        (7, 0o646, 7, Some(Because::Mode(0o646))),
        (0, 0o1777, 7, Some(Because::Mode(0o1777))),
        (8, 0o644, 7, Some(Because::Owner { owner: 8, us: 7 })),
        (8, 0o666, 0, Some(Because::Owner { owner: 8, us: 0 })),
    ] {
        assert_eq!(because(Rights { owner, mode: FILE | mode, us }), expected, "{owner} {mode:o} {us}");
    }
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Makes `name` with a plugin in it, both writable by the owner only.
fn folder(root: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (dir, file) = (root.join(name), root.join(name).join("plugin.so"));
    fs::create_dir(&dir).unwrap();
    fs::write(&file, b"plugin").unwrap();
    set(&dir, 0o755);
    set(&file, 0o644);
    (dir, file)
}

#[test]
fn the_file_its_folder_and_what_a_link_leads_to_are_looked_at() {
    let root = tempfile::tempdir().unwrap();
    let (dir, file) = folder(root.path(), "plugins");
    let (other_dir, other_file) = folder(root.path(), "others");
    let link = dir.join("link.so");
    symlink(&other_file, &link).unwrap();
    assert_eq!((check(&file), check(&link)), (Ok(()), Ok(())));
    for (path, mode, through, code) in [
        (&file, 0o664, &file, "plugin.file_writable"),
        (&dir, 0o777, &file, "plugin.dir_writable"),
        (&dir, 0o775, &link, "plugin.dir_writable"),
        (&other_dir, 0o775, &link, "plugin.dir_writable"),
        (&other_file, 0o666, &link, "plugin.file_writable"),
    ] {
        let before = fs::metadata(path).unwrap().permissions();
        set(path, mode);
        let error = check(through).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        let real = fs::canonicalize(path).unwrap();
        for text in [error.to_string(), error.help()] {
            assert!([path, &real].iter().any(|path| text.contains(&path.display().to_string())), "{text}");
        }
        assert!(error.to_string().contains(&format!("{mode:04o}")), "{error}");
        fs::set_permissions(path, before).unwrap();
    }
    assert_eq!(check(&dir.join("absent.so")).unwrap_err().code(), "plugin.unreadable");
    assert!(matches!(check(&file), Ok::<(), InspectError>(())));
}
