//! A copy holds what was hashed, whatever was there before.

use std::{fs, path::Path};

use crate::{plugin::stage::stage, replace::tests::names};

/// The SHA-256 of `plugin`, as sha256sum prints it.
const HASH: &str = "5e689e2b01672bf33996e75d5e372ff60c536ce1599a1458e867cd8f4bef5160";

#[test]
fn a_copy_stands_under_the_hash_of_its_content_and_only_we_can_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("not/yet/there");
    let staged = stage(&store, Path::new("plugins/libcache_x.so"), b"plugin").unwrap();
    assert_eq!(staged.sha256, HASH);
    assert_eq!(staged.path, store.join(HASH).join("libcache_x.so"));
    assert_eq!(fs::read(&staged.path).unwrap(), b"plugin");
    #[cfg(unix)]
    for (path, mode) in [(staged.path.as_path(), 0o500), (&store.join(HASH), 0o700), (&store, 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, mode, "{}", path.display());
    }
    let other = stage(&store, Path::new("plugins/libcache_x.so"), b"plugin 2").unwrap();
    assert_ne!(other.path, staged.path, "another content is another file");
    assert_eq!(fs::read(&staged.path).unwrap(), b"plugin", "the copy that may be mapped is untouched");
}

#[test]
fn a_copy_that_was_cut_or_changed_is_made_anew_and_a_good_one_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let again = || stage(&store, Path::new("x.so"), b"plugin").unwrap().path;
    let path = again();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(fs::metadata(again()).unwrap().modified().unwrap(), written);
    for broken in [&b""[..], b"plug", b"nigulp", b"plugin and more"] {
        // Replaced and not overwritten: root could do either, another user's crash leaves the former.
        fs::remove_file(&path).unwrap();
        fs::write(&path, broken).unwrap();
        assert_eq!(fs::read(again()).unwrap(), b"plugin", "{broken:?}");
    }
    assert_eq!(names(path.parent().unwrap()), ["x.so"], "nothing is left beside it");
}

#[test]
fn one_plugin_staged_by_many_at_once_is_whole_for_each() {
    let dir = tempfile::tempdir().unwrap();
    let (store, bytes) = (dir.path().join("store"), vec![7; 1 << 20]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let staged = stage(&store, Path::new("x.so"), &bytes).unwrap();
                assert!(fs::read(&staged.path).unwrap() == bytes);
            });
        }
    });
    let held = names(&store);
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(names(&store.join(&held[0])), ["x.so"]);
}

#[test]
fn a_store_that_can_not_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("a file");
    fs::write(&store, b"").unwrap();
    let error = stage(&store, Path::new("x.so"), b"plugin").unwrap_err();
    assert!(error.to_string().contains("a file"), "{error}");
    let error = stage(&dir.path().join("store"), Path::new(".."), b"plugin").unwrap_err();
    assert!(error.source.to_string().contains("no file name"), "{}", error.source);
}
