//! `outrigger plugin lock`: writes down what the plugin folders hold, so that nothing else is loaded from then on.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{Exit, Folders};
use crate::{
    door::cli::{arguments::OutputArguments, output::table},
    plugin::{
        InspectError,
        measure::{libraries, measure},
        trust::{Change, Lock, Measured},
    },
    replace::{READABLE, replace},
};

/// What else to lock.
#[derive(Debug, Args)]
pub struct LockArguments {
    /// Folders with the same release's files for other targets, to be locked too
    #[arg(long, value_name = "DIR", num_args = 1..)]
    add_targets: Vec<PathBuf>,
}

/// One locked file.
struct Locked {
    measured: Measured,
    change: Change,
}

/// Brings the lock file up to date with the folders.
pub fn lock(arguments: &LockArguments, folders: &Folders, output: OutputArguments) -> Exit {
    let mut lock = folders.draft.trust().lock.clone().unwrap_or_default();
    let locked = match all(arguments, folders, &mut lock) {
        Ok(locked) => locked,
        Err(refusal) => return refusal.print(output),
    };
    let file = &folders.draft.trust().lock_file;
    if let Err(error) = replace(file, lock.text().as_bytes(), READABLE) {
        return failed(output, &format!("can't write {}: {error}", file.display()));
    }
    let here = |name: &str| locked.iter().any(|one| one.measured.name == name);
    let kept: Vec<_> = lock.plugins().iter().map(|plugin| &plugin.name).filter(|name| !here(name)).collect();
    let rows: Vec<_> = locked.iter().map(shown).collect();
    output.answer(&json!({ "lock": file, "files": rows, "kept": kept }), || {
        let mut text = people(&locked);
        for name in &kept {
            text.push_str(&format!("\nkept: {name}, which no folder holds; `outrigger plugin remove {name}` drops it"));
        }
        format!("{text}\n\nwrote {}", file.display())
    });
    Exit::Ok
}

/// Why nothing was written.
enum Refusal {
    /// A file can't be locked.
    File(PathBuf, InspectError),
    /// Anything else.
    Plain(Exit, &'static str, String, &'static str),
}

impl Refusal {
    fn print(self, output: OutputArguments) -> Exit {
        match self {
            Self::File(file, error) => {
                output.error(error.code(), &format!("{}: {error}", file.display()), Some(&error.help()));
                Exit::PluginRefused
            }
            Self::Plain(exit, code, message, help) => {
                output.error(code, &message, Some(help));
                exit
            }
        }
    }
}

/// Measures every file before anything is written: half a lock would refuse the other half.
fn all(arguments: &LockArguments, folders: &Folders, lock: &mut Lock) -> Result<Vec<Locked>, Refusal> {
    let catalog = &folders.catalog;
    if let Some(refused) = catalog.refused.first() {
        return Err(Refusal::File(refused.file.clone(), refused.error.clone()));
    }
    if let Some(twin) = catalog.found.iter().find_map(|found| found.twin.as_ref()) {
        let message = format!("two plugins are named `{}`; one is {}", twin.manifest.name, twin.file.display());
        return Err(Refusal::Plain(Exit::PluginRefused, "plugin.duplicate", message, "remove one of the files"));
    }
    let mut files: Vec<_> = catalog.found.iter().map(|found| found.file.clone()).collect();
    let own = files.len();
    for dir in &arguments.add_targets {
        let more = libraries(dir).map_err(|error| none(&format!("can't read {}: {error}", dir.display())))?;
        if more.is_empty() {
            return Err(none(&format!("{} holds no library", dir.display())));
        }
        files.extend(more);
    }
    if files.is_empty() {
        return Err(none("the plugin folders hold no plugin"));
    }
    let mut locked: Vec<Locked> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let measured = measure(file).map_err(|error| Refusal::File(file.clone(), error))?;
        if at >= own {
            fits(&measured, lock)?;
        }
        let change = lock.pin(&measured);
        locked.push(Locked { measured, change });
    }
    Ok(locked)
}

/// The files of another target are of the same release, or one of the two would never load.
fn fits(measured: &Measured, lock: &Lock) -> Result<(), Refusal> {
    match lock.find(&measured.name) {
        Some(locked) if locked.version != measured.version => {
            let Measured { name, version, target, .. } = measured;
            let message = format!("`{name}` for {target} is version {version}, and here {}", locked.version);
            Err(Refusal::Plain(Exit::Failed, "plugin.other_version", message, "lock the files of one release"))
        }
        _ => Ok(()),
    }
}

fn none(message: &str) -> Refusal {
    let help = "`outrigger config show` prints plugin-dirs";
    Refusal::Plain(Exit::NotFound, "plugin.nothing_to_lock", message.to_owned(), help)
}

fn shown(locked: &Locked) -> Value {
    let Locked { measured, change } = locked;
    let (word, was) = words(change);
    json!({ "plugin": measured.name, "version": measured.version, "target": measured.target, "file": measured.file,
        "bytes": measured.bytes, "sha256": measured.sha256, "change": word, "was": was })
}

fn words(change: &Change) -> (&'static str, Option<&str>) {
    match change {
        Change::Added => ("added", None),
        Change::Same => ("same", None),
        Change::Changed { was } => ("changed", Some(was)),
        Change::Version { was } => ("new version", Some(was)),
    }
}

fn people(locked: &[Locked]) -> String {
    let mut rows = vec![["PLUGIN", "VERSION", "TARGET", "SHA256", ""].map(str::to_owned).to_vec()];
    rows.extend(locked.iter().map(|Locked { measured, change }| {
        let (word, was) = words(change);
        let change = was.map_or_else(|| word.to_owned(), |was| format!("{word}, was {}", short(was)));
        let Measured { name, version, target, sha256, .. } = measured.clone();
        vec![name, version, target, short(&sha256).to_owned(), change]
    }));
    table(&rows)
}

/// Enough of a hash to tell two apart; the whole stands in the file.
fn short(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

/// Prints that the lock could not be written.
pub(super) fn failed(output: OutputArguments, message: &str) -> Exit {
    output.error("plugin.lock_failed", message, Some("see that the folder of plugins.toml can be written"));
    Exit::Failed
}
