//! Lists the plugin files of the configured directories, inspected but not run.

pub(crate) mod writable;

use std::path::{Path, PathBuf};

use outrigger_plugin_api::manifest::Manifest;
pub use writable::Writable;

use super::{
    LoadError,
    inspect::{InspectError, inspect},
};

/// A plugin that could be loaded.
#[derive(Debug, Clone)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Another file with the same name in it; then neither may be loaded by that name.
    pub twin: Option<Box<Found>>,
}

/// A file in a plugin directory that can't be loaded.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The file.
    pub file: PathBuf,
    /// Why not.
    pub error: InspectError,
}

/// Tells whether a file of this name could be a plugin.
pub(crate) fn is_library(path: &Path) -> bool {
    path.extension().is_some_and(|found| found == std::env::consts::DLL_EXTENSION)
}

/// Everything the plugin directories hold.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// The directories, in the order searched, with the reason for each that can't be read or
    /// trusted.
    pub dirs: Vec<(PathBuf, Option<String>)>,
    /// Plugins by name, sorted.
    pub found: Vec<Found>,
    /// The other files.
    pub refused: Vec<Refused>,
}

/// Returns what a plugin's library is called on this system.
pub(crate) fn library_name(plugin: &str) -> String {
    format!("{}{plugin}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

impl Catalog {
    /// Reads the directories. A missing directory is noted, not an error: it matters only if a provider is missing.
    pub fn read(dirs: &[PathBuf]) -> Self {
        let mut catalog = Self::default();
        for dir in dirs {
            let listed = catalog.read_dir(dir).map_err(|error| error.to_string());
            let checked = listed.and_then(|()| writable::check_dir(dir).map_err(|error| error.to_string()));
            catalog.dirs.push((dir.clone(), checked.err()));
        }
        catalog.found.sort_by(|a, b| a.manifest.name.cmp(&b.manifest.name));
        catalog
    }

    /// Returns the plugin with this name.
    pub fn find(&self, name: &str) -> Option<&Found> {
        self.found.iter().find(|found| found.manifest.name == name)
    }

    /// Returns why there is no plugin in this file, which the configuration was checked to name.
    pub fn refusal(&self, file: &Path) -> LoadError {
        let refused = self.refused.iter().find(|refused| refused.file == file);
        let gone = || InspectError::Unreadable("it is no longer there".into());
        let source = refused.map_or_else(gone, |refused| refused.error.clone());
        LoadError::Inspect { file: file.to_owned(), source }
    }

    fn read_dir(&mut self, dir: &Path) -> std::io::Result<()> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if is_library(&path) {
                files.push(path);
            }
        }
        files.sort();
        for file in files {
            match writable::check(&file).and_then(|()| inspect(&file)) {
                Ok(manifest) => self.add(Found { file, manifest, twin: None }),
                Err(error) => self.refused.push(Refused { file, error }),
            }
        }
        Ok(())
    }

    fn add(&mut self, found: Found) {
        match self.found.iter_mut().find(|known| known.manifest.name == found.manifest.name) {
            Some(known) => known.twin = Some(Box::new(found)),
            None => self.found.push(found),
        }
    }
}
