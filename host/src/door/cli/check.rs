//! `outrigger check`: everything that can be known without running a plugin.

use serde_json::json;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::table,
};
use crate::{config::ProviderConfig, host::configure, observe::chain, plugin::Catalog};

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
    let value = json!({ "ok": true, "providers": config.providers.iter().map(|provider| json!({
        "provider": provider.name,
        "kind": provider.kind.as_str(),
        "plugin": provider.plugin,
        "file": provider.file,
        "required": provider.required,
    })).collect::<Vec<_>>() });
    output.answer(&value, || {
        let mut rows = vec![["KIND", "PROVIDER", "PLUGIN", "FILE"].map(str::to_owned).to_vec()];
        rows.extend(config.providers.iter().map(|provider| {
            let file = provider.file.display().to_string();
            vec![provider.kind.to_string(), provider.name.clone(), provider.plugin.clone(), file]
        }));
        format!("{}\n\nThe configuration is sound. No plugin was run.", table(&rows))
    });
    Exit::Ok
}

fn twin(provider: &ProviderConfig, catalog: &Catalog) -> Option<String> {
    let found = catalog.find(&provider.plugin)?;
    let twin = found.twin.as_ref()?;
    let (first, second) = (found.file.display(), twin.file.display());
    let (name, one, other) = (&found.manifest.name, &found.manifest.version, &twin.manifest.version);
    Some(format!("two plugins are named `{name}`: {first} ({one}) and {second} ({other})"))
}
