//! Measures plugin files for the lock: which plugin, for which target, how long, which hash.

use std::path::{Path, PathBuf};

use outrigger_plugin_api::manifest::Manifest;

use super::{
    InspectError,
    inspect::{inspect_foreign, read},
    stage::sha256,
    trust::Measured,
};

/// What libraries end with on the systems that plugins are built for.
const ENDINGS: [&str; 3] = ["so", "dylib", "dll"];

/// Measures one file, for whatever target it is.
///
/// # Errors
/// As inspecting it, but for its target.
pub fn measure(file: &Path) -> Result<Measured, InspectError> {
    let bytes = read(file)?;
    let manifest = inspect_foreign(&bytes)?;
    Ok(measured(&manifest, file, &bytes, &sha256(&bytes)))
}

/// Returns the measures of bytes that were read before.
pub fn measured(manifest: &Manifest, file: &Path, bytes: &[u8], sha256: &str) -> Measured {
    Measured {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        target: manifest.target.clone(),
        file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: bytes.len() as u64,
        sha256: sha256.to_owned(),
    }
}

/// Returns the libraries in a folder, for every system, sorted.
///
/// # Errors
/// Where the folder can't be read.
pub fn libraries(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let files = std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    let ending = |file: &PathBuf| file.extension().is_some_and(|found| ENDINGS.iter().any(|ending| found == *ending));
    let mut files: Vec<_> = files.into_iter().filter(ending).collect();
    files.sort();
    Ok(files)
}
