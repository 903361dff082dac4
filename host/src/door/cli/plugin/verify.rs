//! `outrigger plugin verify`: compares every plugin file with the lock and its signature, as loading it would.

use std::path::PathBuf;

use serde_json::json;

use super::{Exit, Folders, TrustShown};
use crate::{
    config::Signatures,
    door::cli::{arguments::OutputArguments, output::table},
    manifest::build::TARGET,
};

/// What became of one file.
struct Verified {
    name: String,
    file: PathBuf,
    trust: TrustShown,
}

/// Verifies every file in the plugin folders.
pub fn verify(folders: &Folders, output: OutputArguments) -> Exit {
    let trust = folders.draft.trust();
    if trust.lock.is_none() && trust.signatures == Signatures::Off {
        let message =
            format!("there is nothing to verify by: no {}, and trust.signatures is \"off\"", trust.lock_name());
        output.error("plugin.nothing_to_verify", &message, Some("outrigger plugin lock writes one"));
        return Exit::NotFound;
    }
    let catalog = &folders.catalog;
    let twins = catalog.found.iter().filter_map(|found| found.twin.as_deref());
    let found = catalog.found.iter().chain(twins).map(|found| Verified {
        name: found.manifest.name.clone(),
        file: found.file.clone(),
        trust: TrustShown::of(trust, found),
    });
    let refused = catalog.refused.iter().map(|refused| Verified {
        name: "-".to_owned(),
        file: refused.file.clone(),
        trust: TrustShown::refused(&refused.error),
    });
    let verified: Vec<_> = found.chain(refused).collect();
    let missing = missing(folders);
    print(&verified, &missing, output);
    let sound = missing.is_empty() && !verified.iter().any(|one| one.trust.refused);
    if sound { Exit::Ok } else { Exit::PluginRefused }
}

/// Returns the plugins that are locked for this host's target and are not there.
fn missing(folders: &Folders) -> Vec<String> {
    let Some(lock) = &folders.draft.trust().lock else { return Vec::new() };
    let here = |name: &str| folders.catalog.find(name).is_some();
    let ours = lock.plugins().iter().filter(|locked| locked.for_target(TARGET).is_some());
    ours.map(|locked| locked.name.clone()).filter(|name| !here(name)).collect()
}

fn print(verified: &[Verified], missing: &[String], output: OutputArguments) {
    let shown = verified.iter().map(|one| json!({ "plugin": one.name, "file": one.file, "trust": one.trust }));
    let value = json!({ "files": shown.collect::<Vec<_>>(), "missing": missing });
    output.answer(&value, || {
        let mut rows = vec![["PLUGIN", "TRUST", "FILE"].map(str::to_owned).to_vec()];
        rows.extend(verified.iter().map(|one| {
            let file = one.file.display().to_string();
            vec![one.name.clone(), one.trust.words.clone(), file]
        }));
        let mut text = table(&rows);
        for one in verified {
            text.push_str(&one.trust.note(&one.file));
        }
        for name in missing {
            text.push_str(&format!("\n\nmissing: {name} is locked, and no folder holds it"));
        }
        text
    });
}
