//! `outrigger plugin add`: installs a plugin's file. Reads it, never runs it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Exit, Folders, lock::failed};
use crate::{
    door::cli::arguments::OutputArguments,
    manifest::Manifest,
    plugin::{
        InspectError,
        discover::library_name,
        inspect::{inspect_data, read},
        measure::measured,
        stage::sha256,
        trust::{Content, TrustError, judge_new, signature_of},
    },
    replace::{READABLE, make_folder, remove, replace},
};

/// What to install.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// The library
    file: PathBuf,
    /// Where it comes from, such as a URL; kept in the lock file for people
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
}

/// Why nothing was installed.
enum Refusal {
    Inspect(InspectError),
    Trust(TrustError),
    Elsewhere(String),
    Write(PathBuf, std::io::Error),
}

/// Copies a plugin into the first plugin folder, and locks it where there is a lock file.
pub fn add(arguments: &AddArguments, folders: &Folders, output: OutputArguments) -> Exit {
    let file = &arguments.file;
    match install(file, folders) {
        Ok(installed) => locked(&installed, arguments.origin.as_deref(), folders, output),
        Err(Refusal::Inspect(error)) => {
            output.error(error.code(), &format!("{}: {error}", file.display()), Some(&error.help()));
            Exit::PluginRefused
        }
        Err(Refusal::Trust(error)) => {
            let help = match &error {
                TrustError::Changed { .. } => "install the file that was locked, or remove the plugin first".to_owned(),
                other => other.help(),
            };
            output.error(error.code(), &format!("{}: {error}", file.display()), Some(&help));
            Exit::PluginRefused
        }
        Err(Refusal::Elsewhere(message)) => {
            output.error("plugin.duplicate", &message, Some("remove that file first; of two the host takes neither"));
            Exit::PluginRefused
        }
        Err(Refusal::Write(path, error)) => {
            let message = format!("can't write {}: {error}", path.display());
            output.error("plugin.not_installed", &message, Some("see that the folder can be written and has space"));
            Exit::Failed
        }
    }
}

/// A file that is in its place.
struct Installed {
    manifest: Manifest,
    target: PathBuf,
    bytes: Vec<u8>,
    sha256: String,
}

fn install(file: &Path, folders: &Folders) -> Result<Installed, Refusal> {
    let bytes = read(file).map_err(Refusal::Inspect)?;
    let manifest = inspect_data(bytes.as_slice()).map_err(Refusal::Inspect)?;
    let sha256 = sha256(&bytes);
    judge_new(folders.draft.trust(), Content { file, manifest: &manifest, bytes: &bytes, sha256: &sha256 })
        .map_err(Refusal::Trust)?;
    // Named for what it says it is, whatever it was called: a second file for the same name would be its twin.
    let folder = folders.draft.plugin_dirs().first().cloned().unwrap_or_default();
    let target = folder.join(library_name(&manifest.name));
    if let Some(there) = folders.catalog.find(&manifest.name).filter(|there| there.file != target) {
        let message = format!("`{}` is there already, as {}", manifest.name, there.file.display());
        return Err(Refusal::Elsewhere(message));
    }
    make_folder(&folder).map_err(|error| Refusal::Write(folder, error))?;
    // The signature first: a library without its own would be refused.
    let (from, to) = (signature_of(file), signature_of(&target));
    if from.exists() {
        let signature = read(&from).map_err(Refusal::Inspect)?;
        replace(&to, &signature, READABLE).map_err(|error| Refusal::Write(to, error))?;
    } else {
        // Of the content that was there before: beside the new one it would be a bad signature.
        let _ = remove(&to);
    }
    replace(&target, &bytes, READABLE).map_err(|error| Refusal::Write(target.clone(), error))?;
    Ok(Installed { manifest, target, bytes, sha256 })
}

/// Without a lock file none is made: it would refuse every other plugin that is there.
fn locked(installed: &Installed, origin: Option<&str>, folders: &Folders, output: OutputArguments) -> Exit {
    let Installed { manifest, target, bytes, sha256 } = installed;
    let trust = folders.draft.trust();
    if let Some(mut lock) = trust.lock.clone() {
        lock.pin(&measured(manifest, target, bytes, sha256));
        if let Some(origin) = origin {
            lock.set_origin(&manifest.name, origin);
        }
        if let Err(error) = replace(&trust.lock_file, lock.text().as_bytes(), READABLE) {
            return failed(output, &format!("{} is installed, but can't be locked: {error}", target.display()));
        }
    }
    let value = json!({ "plugin": manifest.name, "version": manifest.version, "file": target, "sha256": sha256,
        "locked": trust.lock.is_some() });
    output.answer(&value, || {
        let lock = match &trust.lock {
            Some(_) => format!("locked in {}", trust.lock_name()),
            None => "not locked: `outrigger plugin lock` locks all that is there".to_owned(),
        };
        format!("installed {} {} as {}\n{lock}", manifest.name, manifest.version, target.display())
    });
    Exit::Ok
}
