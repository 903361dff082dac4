//! When oracles are installed again.

use std::fs;
use std::path::{Path, PathBuf};

use super::renew;
use crate::failure::Failure;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("outrigger-xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Puts the list beside the packages, and fails over one that says so.
fn copies(folder: &Path, list: &Path) -> Result<(), Failure> {
    assert!(fs::read_dir(folder).unwrap().next().is_none(), "an install begins in an empty folder");
    fs::copy(list, folder.join("packages")).unwrap();
    if fs::read_to_string(list).unwrap() == "broken" { Err(Failure::new("no")) } else { Ok(()) }
}

fn never(_: &Path, _: &Path) -> Result<(), Failure> {
    Err(Failure::new("installed again"))
}

#[test]
fn packages_are_installed_again_only_for_another_list_or_tool() {
    let root = Folder::new("renew");
    let (folder, list) = (root.0.join("python"), root.0.join("list"));
    fs::write(&list, "a==1").unwrap();
    assert_eq!(renew(&folder, "python 3.13", &list, copies), Ok(()));
    assert_eq!(renew(&folder, "python 3.13", &list, never), Ok(()));
    assert!(renew(&folder, "python 3.14", &list, never).is_err());
    assert_eq!(renew(&folder, "python 3.14", &list, copies), Ok(()));
    fs::write(&list, "a==2").unwrap();
    assert_eq!(renew(&folder, "python 3.14", &list, copies), Ok(()));
    assert_eq!(fs::read_to_string(folder.join("packages")).unwrap(), "a==2");
}

#[test]
fn an_install_that_failed_is_begun_afresh() {
    let root = Folder::new("failed");
    let (folder, list) = (root.0.join("python"), root.0.join("list"));
    fs::write(&list, "broken").unwrap();
    for _ in 0..2 {
        assert_eq!(renew(&folder, "python", &list, copies), Err(Failure::new("no")));
    }
}
