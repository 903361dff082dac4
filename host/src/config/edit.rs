//! Changes one selection in the text of `plugins.toml` and keeps everything else, comments too; and puts a file in the
//! place of another in one step.

use std::{fs, io, path::Path};

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::{Kind, section::select::selector};
use crate::platform;

/// Returns the text with these providers selected for a kind.
///
/// # Errors
/// Where the text is no TOML, or the section is no table.
pub fn select(text: &str, kind: Kind, names: &[String]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
    let (path, _) = selector(kind);
    let (section, key) = path.split_once('.').unwrap_or((path, ""));
    let table = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
    let table = table.as_table_like_mut().ok_or_else(|| format!("`{section}` is no table"))?;
    let mut value = match kind {
        Kind::Cache => Value::from(names.first().map(String::as_str).unwrap_or_default()),
        Kind::Monitoring | Kind::Analytics => Value::Array(names.iter().collect::<Array>()),
    };
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(former) => {
            // The comment behind it stays.
            *value.decor_mut() = former.decor().clone();
            *former = value;
        }
        None => drop(table.insert(key, Item::Value(value))),
    }
    Ok(document.to_string())
}

/// Tells whether a file can be replaced, as far as that can be known before. Blocks on the disk.
///
/// # Errors
/// Why not.
pub fn writable(path: &Path) -> io::Result<()> {
    match fs::metadata(path)?.permissions().readonly() {
        true => Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")),
        false => Ok(()),
    }
}

/// Puts a text in the place of a file in one step, with the file's mode: a reader sees the one or the other, and a crash
/// leaves the one or the other. Follows a link to the file that is really meant. Blocks on the disk.
///
/// # Errors
/// The system's; the file is as it was.
pub fn replace_text(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let mode = platform::mode_of(&permissions).unwrap_or(crate::replace::READABLE);
    crate::replace::replace(&path, text.as_bytes(), mode)
}

#[cfg(test)]
mod tests;
