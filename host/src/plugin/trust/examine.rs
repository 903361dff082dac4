//! Judges files where they lie, for the commands that show them. What is loaded is judged by its private copy.

use std::{fs, path::Path, time::UNIX_EPOCH};

use super::{Content, Finding, Judgement, judge};
use crate::{
    clock,
    config::Trust,
    plugin::{
        Catalog, Found, InspectError,
        inspect::{inspect_data, read},
        stage::sha256,
    },
};

/// Judges a listed plugin. Reads the file only where the policy needs its bytes.
///
/// # Errors
/// As inspecting it: the file may have changed since it was listed.
pub fn examine(trust: &Trust, found: &Found) -> Result<Judgement, InspectError> {
    if !trust.asks(&found.manifest.name) {
        return Ok(Judgement { lock: super::not_locked(trust), signature: Finding::Absent("not checked") });
    }
    let bytes = read(&found.file)?;
    let manifest = inspect_data(bytes.as_slice())?;
    let sha256 = sha256(&bytes);
    Ok(judge(trust, Content { file: &found.file, manifest: &manifest, bytes: &bytes, sha256: &sha256 }))
}

/// Says of damaged files whether they are cut short: a library that broke off is seldom sound enough to say its name, but
/// the lock file knows it by the file's.
pub fn explain(catalog: &mut Catalog, trust: &Trust) {
    let Some(lock) = &trust.lock else { return };
    for refused in &mut catalog.refused {
        let InspectError::Damaged(_) = refused.error else { continue };
        let name = refused.file.file_name().unwrap_or_default().to_string_lossy();
        let length = fs::metadata(&refused.file).map(|metadata| metadata.len());
        if let (Some(pinned), Ok(bytes)) = (lock.file_named(&name), length)
            && bytes < pinned.bytes
        {
            let lock = format!("{}:{}", trust.lock_name(), pinned.line);
            refused.error = InspectError::Truncated { lock, bytes, locked: pinned.bytes };
        }
    }
}

/// Returns when a file was last written, for people.
pub(super) fn written_at(file: &Path) -> Option<String> {
    let since = fs::metadata(file).and_then(|metadata| metadata.modified()).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(clock::rfc3339(u64::try_from(since.as_millis()).ok()?))
}
