//! `outrigger plugin`: what the plugin folders hold, what may be there, and tools for authors.

mod add;
mod clear;
mod crashes;
mod lock;
mod new;
mod remove;
mod test;
mod trust;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::table,
};
use crate::{
    config::{Draft, LOCK_INVALID},
    crash,
    diagnostic::Diagnostics,
    plugin::{Catalog, Found, InspectError, inspect::inspect, trust::explain},
};

pub use trust::Shown as TrustShown;

/// What to show, change or make.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// What concerns the plugin folders.
    #[command(flatten)]
    Folders(FoldersCommand),
    /// Writes the crate of a small plugin that works
    New(new::NewArguments),
    /// Tests a plugin's library in a child process: the suite of its kind, and what hosts do to plugins
    Test(test::TestArguments),
}

/// What to show or change of the plugin folders. Reads their files; runs none of them.
#[derive(Debug, Subcommand)]
pub enum FoldersCommand {
    /// Lists every file in the plugin folders, also those that can't be used and why
    List,
    /// Shows one plugin: its manifest, what it needs and how it is configured
    Inspect {
        /// A plugin's name, such as cache_redis, or a file
        plugin: String,
    },
    /// Writes plugins.lock: the hash of every plugin that is there, so that no other content is loaded
    Lock(lock::LockArguments),
    /// Compares every plugin file with plugins.lock and its signature
    Verify,
    /// Installs a plugin file into the first plugin folder and locks it
    Add(add::AddArguments),
    /// Removes a plugin's file and its entry in plugins.lock
    Remove(remove::RemoveArguments),
    /// Forgets that a provider crashed the host, so that it is started again
    Clear(clear::ClearArguments),
}

/// What the plugin folders hold, with what of the configuration speaks of it.
pub(super) struct Folders {
    draft: Draft,
    catalog: Catalog,
}

impl Folders {
    /// Returns where crashes are counted.
    fn crashes(&self) -> PathBuf {
        crash::folder(self.draft.journal_dir())
    }
}

/// Shows, changes and makes plugins.
pub fn plugin(command: PluginCommand, sources: &SourceArguments, output: OutputArguments) -> Exit {
    match command {
        PluginCommand::Folders(command) => folders(command, sources, output),
        PluginCommand::New(arguments) => new::new(&arguments, output),
        PluginCommand::Test(arguments) => test::test(&arguments, sources, output),
    }
}

fn folders(command: FoldersCommand, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let shows = matches!(command, FoldersCommand::List | FoldersCommand::Inspect { .. });
    let folders = match read(sources, shows) {
        Ok(folders) => folders,
        Err(diagnostics) => return output.diagnostics(&diagnostics),
    };
    match command {
        FoldersCommand::List => list(&folders, output),
        FoldersCommand::Inspect { plugin } => show(&plugin, &folders, output),
        FoldersCommand::Lock(arguments) => lock::lock(&arguments, &folders, output),
        FoldersCommand::Verify => verify::verify(&folders, output),
        FoldersCommand::Add(arguments) => add::add(&arguments, &folders, output),
        FoldersCommand::Clear(arguments) => clear::clear(&arguments, &folders, output),
        FoldersCommand::Remove(arguments) => remove::remove(&arguments, &folders, output),
    }
}

/// A faulty configuration does not hide the plugins: only the folders are needed of it. Whoever changes them, or asks for
/// a verdict, needs all of it.
fn read(sources: &SourceArguments, shows: bool) -> Result<Folders, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let sources = sources.read().map_err(|error| error.0)?;
    let draft = Draft::read(&sources, &mut diagnostics);
    // A lock that can't be read must not look like none.
    let lock = diagnostics.iter().any(|one| one.code == LOCK_INVALID);
    if lock || (diagnostics.has_errors() && !shows) {
        return Err(diagnostics);
    }
    let mut catalog = Catalog::read(draft.plugin_dirs());
    explain(&mut catalog, draft.trust());
    Ok(Folders { draft, catalog })
}

fn list(folders: &Folders, output: OutputArguments) -> Exit {
    let Folders { draft, catalog } = folders;
    let trusted: Vec<_> = catalog.found.iter().map(|found| TrustShown::of(draft.trust(), found)).collect();
    let found = catalog.found.iter().zip(&trusted).map(|(found, trust)| {
        let twin = found.twin.as_ref().map(|twin| &twin.file);
        json!({ "name": found.manifest.name, "version": found.manifest.version, "api": found.manifest.api,
            "kinds": found.manifest.kinds, "file": found.file, "duplicate": twin, "trust": trust })
    });
    let refused = catalog.refused.iter().map(|refused| {
        json!({ "file": refused.file, "code": refused.error.code(), "message": refused.error.to_string(),
            "help": refused.error.help() })
    });
    let dirs = catalog.dirs.iter().map(|(dir, problem)| json!({ "dir": dir, "problem": problem }));
    let value = json!({ "dirs": dirs.collect::<Vec<_>>(), "plugins": found.collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>(), "crashed": crashes::shown(folders) });
    output.answer(&value, || text(catalog, &trusted) + &crashes::text(folders));
    Exit::Ok
}

fn text(catalog: &Catalog, trusted: &[TrustShown]) -> String {
    let mut rows = vec![["PLUGIN", "VERSION", "API", "TRUST", "FILE"].map(str::to_owned).to_vec()];
    rows.extend(catalog.found.iter().zip(trusted).map(|(found, trust)| {
        let manifest = &found.manifest;
        let file = found.file.display().to_string();
        vec![manifest.name.clone(), manifest.version.clone(), manifest.api.clone(), trust.words.clone(), file]
    }));
    let mut text = table(&rows);
    for (found, trust) in catalog.found.iter().zip(trusted) {
        text.push_str(&trust.note(&found.file));
    }
    for twin in catalog.found.iter().filter_map(|found| found.twin.as_ref()) {
        text.push_str(&format!("\n\nalso named {}: {}", twin.manifest.name, twin.file.display()));
    }
    for refused in &catalog.refused {
        let (file, code) = (refused.file.display(), refused.error.code());
        text.push_str(&format!("\n\nrefused[{code}]: {file}\n  {}\n  help: {}", refused.error, refused.error.help()));
    }
    for (dir, problem) in &catalog.dirs {
        if let Some(problem) = problem {
            text.push_str(&format!("\n\n{} can't be read: {problem}", dir.display()));
        }
    }
    text
}

fn show(plugin: &str, folders: &Folders, output: OutputArguments) -> Exit {
    let Folders { draft, catalog } = folders;
    let file = PathBuf::from(plugin);
    let known = catalog.find(plugin).cloned().map(Ok);
    let found = known.unwrap_or_else(|| match inspect(&file) {
        Ok(manifest) => Ok(Found { file: file.clone(), manifest, twin: None }),
        Err(error) => Err(error),
    });
    match found {
        Ok(found) => {
            let value = json!({ "file": found.file, "trust": TrustShown::of(draft.trust(), &found), "manifest": found.manifest });
            // The manifest is JSON in the file; people read it as it is.
            output.answer(&value, || format!("{value:#}"));
            Exit::Ok
        }
        Err(InspectError::Unreadable(_)) if !file.exists() => {
            let names: Vec<_> = catalog.found.iter().map(|found| found.manifest.name.as_str()).collect();
            let message = format!("`{plugin}` is neither a plugin in the plugin folders nor a file");
            output.error("plugin.unknown", &message, Some(&format!("plugins here: {}", names.join(", "))));
            Exit::NotFound
        }
        Err(error) => {
            output.error(error.code(), &format!("{}: {error}", file.display()), Some(&error.help()));
            Exit::PluginRefused
        }
    }
}
