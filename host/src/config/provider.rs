//! One provider that is to run, and the search for its plugin.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;

use super::catalog::{Catalog, PluginFacts};
use super::section::delivery::Delivery;
use super::section::provider::{Block, Breaker};
use super::section::select::Selected;
use super::settings::Resolved;
use super::{Kind, codes, unknown};
use crate::diagnostic::{Diagnostic, Origin};
use crate::plugin::discover::library_name;

/// One provider with everything it needs, and nothing that belongs to another.
#[derive(Clone, PartialEq)]
pub struct ProviderConfig {
    /// The name it was selected by; unique over all kinds.
    pub name: String,
    /// What it is used for.
    pub kind: Kind,
    /// The plugin that runs it.
    pub plugin: String,
    /// The plugin's library as found in the plugin folders.
    pub file: PathBuf,
    /// Whether the host is not ready without it.
    pub required: bool,
    /// Its settings, checked and with all references resolved. May hold secrets, see `secret_paths`.
    pub settings: Json,
    /// JSON pointers into `settings` whose values must never be shown.
    pub secret_paths: Vec<String>,
    /// Longest time of one call.
    pub timeout: Duration,
    /// Longest time until it is ready.
    pub start_timeout: Duration,
    /// Most calls in flight.
    pub concurrency: u32,
    /// When calls stop for a while.
    pub breaker: Breaker,
    /// How events reach it; a cache has none.
    pub delivery: Delivery,
    /// What selected it.
    pub selected_by: Origin,
}

impl ProviderConfig {
    pub(super) fn new(selected: &Selected, block: &Block, plugin: &PluginFacts, settings: Resolved) -> Self {
        Self {
            name: selected.name.clone(),
            kind: selected.kind,
            plugin: plugin.name.clone(),
            file: plugin.file.clone(),
            required: block.required,
            settings: settings.json,
            secret_paths: settings.secret_paths,
            timeout: block.timeout,
            start_timeout: block.start_timeout,
            concurrency: block.concurrency,
            breaker: block.breaker.clone(),
            delivery: block.delivery.clone(),
            selected_by: selected.by.clone(),
        }
    }

    /// Returns the settings with every secret replaced by `"set"`.
    #[must_use]
    pub fn settings_without_secrets(&self) -> Json {
        let mut settings = self.settings.clone();
        for pointer in &self.secret_paths {
            if let Some(value) = settings.pointer_mut(pointer) {
                *value = Json::from("set");
            }
        }
        settings
    }
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("plugin", &self.plugin)
            .field("file", &self.file)
            .field("required", &self.required)
            .field("settings", &self.settings_without_secrets())
            .field("timeout", &self.timeout)
            .field("start_timeout", &self.start_timeout)
            .field("concurrency", &self.concurrency)
            .field("breaker", &self.breaker)
            .field("selected_by", &self.selected_by)
            .finish_non_exhaustive()
    }
}

/// Returns the facts of a selected plugin whose library lies in a folder but was refused there.
///
/// That is a fault of the file, not of the configuration: the others serve without it. Its settings can't be checked,
/// for its schema could not be read, and nothing will ever read them.
pub(super) fn refused(selected: &Selected, block: &Block, catalog: &Catalog) -> Option<PluginFacts> {
    let name = block.plugin.clone().unwrap_or_else(|| format!("{}_{}", selected.kind, selected.name));
    let library = library_name(&name);
    let of_that_name = |file: &PathBuf| file.file_name().is_some_and(|found| found == library.as_str());
    if catalog.plugin(&name).is_some() {
        return None;
    }
    let file = catalog.rejected.iter().map(|rejected| &rejected.file).find(|file| of_that_name(file))?.clone();
    let (version, kinds, settings) = (String::new(), vec![selected.kind], Json::Object(serde_json::Map::new()));
    Some(PluginFacts { name, version, kinds, settings, file })
}

/// Finds the plugin of a selected provider, or says everything that helps to find out why there is none.
pub(super) fn find<'c>(
    selected: &Selected,
    block: &Block,
    catalog: &'c Catalog,
) -> Result<&'c PluginFacts, Box<Diagnostic>> {
    let Selected { name, kind, by } = selected;
    let plugin_name = block.plugin.clone().unwrap_or_else(|| format!("{kind}_{name}"));
    let Some(plugin) = catalog.plugin(&plugin_name) else {
        return Err(Box::new(not_found(selected, block, &plugin_name, catalog)));
    };
    if plugin.kinds.contains(kind) {
        return Ok(plugin);
    }
    let can: Vec<&str> = plugin.kinds.iter().map(|kind| kind.as_str()).collect();
    let refused = Diagnostic::error(
        codes::PLUGIN_KIND,
        format!("plugin {plugin_name} cannot be a {kind} provider, it is made for {}", can.join(" and ")),
    )
    .at(by)
    .note(format!("it was selected as {kind} provider `{name}`"))
    .valid(catalog.providers(*kind))
    .plain();
    Err(Box::new(refused))
}

fn not_found(selected: &Selected, block: &Block, plugin_name: &str, catalog: &Catalog) -> Diagnostic {
    let Selected { name, kind, by } = selected;
    let subject = match by {
        Origin::Env { name: variable } | Origin::EnvFile { name: variable, .. } => {
            format!("{variable} selects the {kind} provider `{name}`, which no plugin provides")
        }
        _ => format!("no plugin provides the {kind} provider `{name}`"),
    };
    let registered = catalog.providers(*kind);
    let mut unknown = Diagnostic::error(codes::UNKNOWN_PROVIDER, subject).at(by).plain();
    unknown = match &block.plugin {
        Some(_) => unknown
            .note(format!("`providers.{name}.plugin` asks for the plugin {plugin_name}"))
            .valid(catalog.plugins.iter().map(|plugin| plugin.name.as_str())),
        None => unknown.note(format!("it would be the plugin {plugin_name}")).valid(registered.iter().copied()),
    };
    let near = match &block.plugin {
        Some(plugin) => unknown::nearest(plugin, catalog.plugins.iter().map(|plugin| plugin.name.as_str())),
        None => unknown::nearest(name, registered),
    };
    let dirs: Vec<String> = catalog.dirs.iter().map(|dir| dir.display().to_string()).collect();
    unknown = unknown.note(match dirs.is_empty() {
        true => "no plugin folder was searched".to_owned(),
        false => format!("searched: {}", dirs.join(", ")),
    });
    for rejected in &catalog.rejected {
        unknown = unknown.note(format!("{} is no valid plugin: {}", rejected.file.display(), rejected.why));
    }
    unknown.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("put the library of {plugin_name} into a plugin folder, or select another provider"),
    })
}
