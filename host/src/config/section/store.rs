//! Where the host keeps its own files.

use std::path::{Path, PathBuf};

use super::Section;
use crate::config::key::{Key, Preset, Reader};

/// Where the host keeps its own files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The private folder.
    pub dir: PathBuf,
}

pub(in crate::config) const SECTION: Section =
    Section { title: "store", about: "The host's private folder.", keys: &[&DIR] };

const DIR: Key<PathBuf> = Key {
    path: "store.dir",
    env: Some("OUTRIGGER_STORE_DIR"),
    default: Preset::Same(|| PathBuf::from(".outrigger")),
    bounds: None,
    doc: "Private folder for the checked copies of plugins that are actually loaded; relative to the folder of \
          `plugins.toml`. Beside the file rather than in a home folder, because services often have no home. Point \
          it at a writable place if the file lies on a read-only one.",
};

/// Reads the section; the folder is returned relative to nothing but the process.
pub(in crate::config) fn read(reader: &mut Reader<'_>, base: &Path) -> Store {
    Store { dir: base.join(reader.read(&DIR).value) }
}
