//! `outrigger check`: everything that can be known without running a plugin.

use std::path::PathBuf;

use serde_json::json;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::table,
    plugin::TrustShown,
};
use crate::{
    config::{Config, ProviderConfig},
    host::configure,
    observe::chain,
    plugin::Catalog,
};

/// Checks the configuration and the plugin files it selects.
pub fn check(sources: &SourceArguments, output: OutputArguments) -> Exit {
    let (config, catalog) = match sources.read().and_then(|sources| configure(&sources)) {
        Ok(checked) => checked,
        Err(error) => return output.diagnostics(&error.0),
    };
    let twins: Vec<_> = config.providers.iter().filter_map(|provider| twin(provider, &catalog)).collect();
    if let Some(message) = twins.first() {
        output.error("plugin.duplicate", message, Some("remove one of the files; the host won't guess"));
        return Exit::PluginRefused;
    }
    if let Some(refused) = config.providers.iter().find(|provider| catalog.find(&provider.plugin).is_none()) {
        let error = catalog.refusal(&refused.file);
        output.error(error.code(), &chain(&error), Some(&error.help()));
        return Exit::PluginRefused;
    }
    let trusted = trusted(&config, &catalog);
    if let Some((file, trust)) = trusted.iter().find(|(_, trust)| trust.refused) {
        let message = format!("{}: {}", file.display(), trust.message.as_deref().unwrap_or_default());
        output.error(trust.code.unwrap_or_default(), &message, trust.help.as_deref());
        return Exit::PluginRefused;
    }
    let value = json!({ "ok": true, "providers": config.providers.iter().zip(&trusted).map(|(provider, (_, trust))| json!({
        "provider": provider.name,
        "kind": provider.kind.as_str(),
        "plugin": provider.plugin,
        "file": provider.file,
        "required": provider.required,
        "trust": trust,
    })).collect::<Vec<_>>() });
    output.answer(&value, || {
        let mut rows = vec![["KIND", "PROVIDER", "PLUGIN", "TRUST", "FILE"].map(str::to_owned).to_vec()];
        rows.extend(config.providers.iter().zip(&trusted).map(|(provider, (file, trust))| {
            let file = file.display().to_string();
            let (kind, name, plugin) = (provider.kind.to_string(), provider.name.clone(), provider.plugin.clone());
            vec![kind, name, plugin, trust.words.clone(), file]
        }));
        let notes: String = trusted.iter().map(|(file, trust)| trust.note(file)).collect();
        format!("{}{notes}\n\nThe configuration is sound. No plugin was run.", table(&rows))
    });
    Exit::Ok
}

/// Judges the file of each provider, in their order; every provider has one here.
fn trusted(config: &Config, catalog: &Catalog) -> Vec<(PathBuf, TrustShown)> {
    let found = config.providers.iter().filter_map(|provider| catalog.find(&provider.plugin));
    found.map(|found| (found.file.clone(), TrustShown::of(&config.trust, found))).collect()
}

fn twin(provider: &ProviderConfig, catalog: &Catalog) -> Option<String> {
    let found = catalog.find(&provider.plugin)?;
    let twin = found.twin.as_ref()?;
    let (first, second) = (found.file.display(), twin.file.display());
    let (name, one, other) = (&found.manifest.name, &found.manifest.version, &twin.manifest.version);
    Some(format!("two plugins are named `{name}`: {first} ({one}) and {second} ({other})"))
}
