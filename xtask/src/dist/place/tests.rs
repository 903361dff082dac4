//! What is replaced, what is kept, and that nothing half-written stays behind.

use std::fs;
use std::path::PathBuf;

use super::{Placed, place_config, place_file, remove_stale};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("plugins")).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind at worst: the system empties its folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_open_file_keeps_its_bytes_when_it_is_replaced() {
    use std::io::Read;
    let folder = Folder::new("open");
    let (from, to) = (folder.0.join("from"), folder.0.join("to"));
    fs::write(&from, "new").unwrap();
    fs::write(&to, "old").unwrap();
    let mut open = fs::File::open(&to).unwrap();
    assert_eq!(place_file(&from, &to, 0o755).unwrap(), Placed::Written);
    let mut seen = String::new();
    open.read_to_string(&mut seen).unwrap();
    assert_eq!((seen.as_str(), fs::read_to_string(&to).unwrap().as_str()), ("old", "new"));
    assert_eq!(place_file(&from, &to, 0o755).unwrap(), Placed::Unchanged);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 3, "from, to and plugins");
}

#[test]
fn an_edited_config_is_kept_and_an_untouched_one_follows_the_shipped() {
    let folder = Folder::new("config");
    let (shipped, placed) = (folder.0.join("shipped"), folder.0.join("plugins.toml"));
    fs::write(&shipped, "one").unwrap();
    assert_eq!(place_config(&shipped, &folder.0).unwrap(), Placed::Written);
    fs::write(&shipped, "two").unwrap();
    assert_eq!(place_config(&shipped, &folder.0).unwrap(), Placed::Written);
    fs::write(&placed, "mine").unwrap();
    fs::write(&shipped, "three").unwrap();
    assert_eq!(place_config(&shipped, &folder.0).unwrap(), Placed::KeptEdited);
    assert_eq!(fs::read_to_string(&placed).unwrap(), "mine");
    fs::write(&placed, "three").unwrap();
    assert_eq!(place_config(&shipped, &folder.0).unwrap(), Placed::Unchanged, "the edit was undone");
}

#[test]
fn a_library_whose_crate_is_gone_is_removed_and_a_users_own_stays() {
    let folder = Folder::new("stale");
    let plugins = folder.0.join("plugins");
    for name in ["a.so", "b.so", "own.so"] {
        fs::write(plugins.join(name), "").unwrap();
    }
    assert!(remove_stale(&folder.0, &["a.so".to_owned(), "b.so".to_owned()]).unwrap().is_empty());
    assert_eq!(remove_stale(&folder.0, &["b.so".to_owned()]).unwrap(), ["a.so"]);
    assert!(plugins.join("b.so").exists() && plugins.join("own.so").exists());
}
