//! `outrigger plugin remove`: takes a plugin's file and its line in the lock away.

use clap::Args;
use serde_json::json;

use super::{Exit, Folders, lock::failed};
use crate::{
    door::cli::arguments::OutputArguments,
    plugin::trust::signature_of,
    replace::{READABLE, remove as remove_file, replace},
};

/// What to remove.
#[derive(Debug, Args)]
pub struct RemoveArguments {
    /// The plugin's name, such as cache_redis
    name: String,
    /// Also where the configuration names it
    #[arg(long)]
    force: bool,
}

/// Removes a plugin. A host that runs it has its own copy and goes on until it ends.
pub fn remove(arguments: &RemoveArguments, folders: &Folders, output: OutputArguments) -> Exit {
    let RemoveArguments { name, force } = arguments;
    let trust = folders.draft.trust();
    let found = folders.catalog.find(name);
    let mut lock = trust.lock.clone().unwrap_or_default();
    let unlocked = lock.remove(name);
    if found.is_none() && !unlocked {
        let message = format!("there is no plugin `{name}` in the plugin folders or in {}", trust.lock_name());
        output.error("plugin.unknown", &message, Some("`outrigger plugin list` prints what is there"));
        return Exit::NotFound;
    }
    if let Some(provider) = folders.draft.user_of(name).filter(|_| !force) {
        let message = format!("`{name}` runs the provider `{provider}` of the configuration");
        output.error("plugin.in_use", &message, Some("select another provider first, or add --force"));
        return Exit::Failed;
    }
    let twin = found.and_then(|found| found.twin.as_deref());
    let files: Vec<_> = found.into_iter().chain(twin).map(|found| found.file.clone()).collect();
    for file in &files {
        // Its signature may not be there; a library that stays is what matters.
        let removed = remove_file(file);
        let _ = remove_file(&signature_of(file));
        if let Err(error) = removed {
            let message = format!("can't remove {}: {error}", file.display());
            output.error("plugin.not_removed", &message, Some("see that the folder can be written"));
            return Exit::Failed;
        }
    }
    if unlocked && let Err(error) = replace(&trust.lock_file, lock.text().as_bytes(), READABLE) {
        return failed(output, &format!("can't write {}: {error}", trust.lock_name()));
    }
    output.answer(&json!({ "plugin": name, "files": files, "unlocked": unlocked }), || {
        let mut lines: Vec<_> = files.iter().map(|file| format!("removed {}", file.display())).collect();
        if unlocked {
            lines.push(format!("unlocked `{name}` in {}", trust.lock_name()));
        }
        lines.join("\n")
    });
    Exit::Ok
}
