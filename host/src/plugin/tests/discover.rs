//! What is listed of a folder, and that nothing in it stops the listing.

use std::{fs, path::Path, process::Command};

use crate::plugin::Catalog;

/// Takes the right to write from others, all the way down: the user's umask may be lax.
fn only_ours(path: &Path) {
    assert!(Command::new("chmod").args(["-R", "go-w"]).arg(path).status().unwrap().success());
}

fn library(name: &str) -> String {
    format!("{name}.{}", std::env::consts::DLL_EXTENSION)
}

#[test]
fn a_missing_folder_is_noted_and_the_others_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let (absent, there) = (dir.path().join("absent"), dir.path().join("there"));
    fs::create_dir(&there).unwrap();
    fs::write(there.join(library("broken")), b"no library").unwrap();
    only_ours(&there);
    let catalog = Catalog::read(&[absent.clone(), there.clone()]);
    assert_eq!(catalog.refused.len(), 1);
    let noted: Vec<_> = catalog.dirs.iter().map(|(dir, problem)| (dir.clone(), problem.is_some())).collect();
    assert_eq!(noted, [(absent, true), (there, false)]);
}

#[test]
fn what_is_no_library_is_refused_and_what_does_not_look_like_one_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(library(name));
    for ignored in ["README", "libx.so.1", "libx.txt", "so"] {
        fs::write(dir.path().join(ignored), b"text").unwrap();
    }
    fs::write(path("a_empty"), b"").unwrap();
    fs::create_dir(path("b_folder")).unwrap();
    std::os::unix::fs::symlink(path("nowhere"), path("c_dangling")).unwrap();
    // Opening a pipe would wait for a writer that never comes.
    assert!(Command::new("mkfifo").arg(path("d_pipe")).status().unwrap().success());
    fs::write(path("e_text"), b"text").unwrap();
    fs::File::create(path("f_huge")).unwrap().set_len(1 << 40).unwrap();
    only_ours(dir.path());
    let catalog = Catalog::read(&[dir.path().to_owned()]);
    let refused: Vec<_> = catalog.refused.iter().map(|refused| (refused.file.clone(), refused.error.code())).collect();
    let expected = [
        ("a_empty", "plugin.damaged"),
        ("b_folder", "plugin.damaged"),
        ("c_dangling", "plugin.unreadable"),
        ("d_pipe", "plugin.damaged"),
        ("e_text", "plugin.damaged"),
        ("f_huge", "plugin.damaged"),
    ];
    assert_eq!(refused, expected.map(|(name, code)| (path(name), code)));
    assert!(catalog.found.is_empty());
    let absent = catalog.refusal(&path("gone"));
    assert_eq!(absent.code(), "plugin.unreadable");
    assert_eq!(catalog.refusal(&path("e_text")).code(), "plugin.damaged");
}
