//! `outrigger plugin`: what the plugin folders hold. Reads files; runs none of them.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::table,
};
use crate::{
    config::Draft,
    diagnostic::Diagnostics,
    plugin::{Catalog, Found, InspectError, inspect::inspect},
};

/// What to show.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Lists every file in the plugin folders, also those that can't be used and why
    List,
    /// Shows one plugin: its manifest, what it needs and how it is configured
    Inspect {
        /// A plugin's name, such as cache_redis, or a file
        plugin: String,
    },
}

/// Shows plugins.
pub fn plugin(command: PluginCommand, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let catalog = match read(sources) {
        Ok(catalog) => catalog,
        Err(diagnostics) => return output.diagnostics(&diagnostics),
    };
    match command {
        PluginCommand::List => list(&catalog, output),
        PluginCommand::Inspect { plugin } => show(&plugin, &catalog, output),
    }
}

/// A faulty configuration does not hide the plugins: only the folders are needed of it.
fn read(sources: &SourceArguments) -> Result<Catalog, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let sources = sources.read().map_err(|error| error.0)?;
    let draft = Draft::read(&sources, &mut diagnostics);
    Ok(Catalog::read(draft.plugin_dirs()))
}

fn list(catalog: &Catalog, output: OutputArguments) -> Exit {
    let found = catalog.found.iter().map(|found| {
        let twin = found.twin.as_ref().map(|twin| &twin.file);
        json!({ "name": found.manifest.name, "version": found.manifest.version, "api": found.manifest.api,
            "kinds": found.manifest.kinds, "file": found.file, "duplicate": twin })
    });
    let refused = catalog.refused.iter().map(|refused| {
        json!({ "file": refused.file, "code": refused.error.code(), "message": refused.error.to_string(),
            "help": refused.error.help() })
    });
    let dirs = catalog.dirs.iter().map(|(dir, problem)| json!({ "dir": dir, "problem": problem }));
    let value = json!({ "dirs": dirs.collect::<Vec<_>>(), "plugins": found.collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>() });
    output.answer(&value, || text(catalog));
    Exit::Ok
}

fn text(catalog: &Catalog) -> String {
    let mut rows = vec![["PLUGIN", "VERSION", "API", "FILE"].map(str::to_owned).to_vec()];
    rows.extend(catalog.found.iter().map(|found| {
        let manifest = &found.manifest;
        let file = found.file.display().to_string();
        vec![manifest.name.clone(), manifest.version.clone(), manifest.api.clone(), file]
    }));
    let mut text = table(&rows);
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

fn show(plugin: &str, catalog: &Catalog, output: OutputArguments) -> Exit {
    let file = PathBuf::from(plugin);
    let known = catalog.find(plugin).cloned().map(Ok);
    let found = known.unwrap_or_else(|| match inspect(&file) {
        Ok(manifest) => Ok(Found { file: file.clone(), manifest, twin: None }),
        Err(error) => Err(error),
    });
    match found {
        Ok(found) => {
            let value = json!({ "file": found.file, "manifest": found.manifest });
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
