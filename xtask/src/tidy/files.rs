//! Reads the files tidy looks at: Rust sources and cargo manifests, wherever they are in the checkout.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Folders that hold what was built, not what was written.
const BUILT: [&str; 2] = ["target", "dist"];

/// Holds the measuring programs behind past decisions, kept as they ran: they are records, not code in use.
const RECORDS: &str = "docs/decisions";

/// A file's text and its path from the root, with `/` between the parts.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns all files below `root`, sorted. Hidden folders are left out and links are not followed.
pub(crate) fn read(root: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let failed = |e: std::io::Error| Failure::new(format!("cannot read {}: {e}", root.join(&folder).display()));
        for entry in fs::read_dir(root.join(&folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() && !name.starts_with('.') && !BUILT.contains(&name.as_str()) && path != RECORDS {
                folders.push(path);
            } else if kind.is_file() && (name.ends_with(".rs") || name == "Cargo.toml") {
                files.push(File { text: fs::read_to_string(entry.path()).map_err(failed)?, path });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
