//! The configuration under which a plugin is tested: itself alone, as a host would have it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use outrigger_plugin_api::manifest::{Kind, Manifest};

use super::super::super::arguments::SourceArguments;
use crate::{
    config::{CliSources, Config, Draft, PluginFacts, ProviderConfig, Sources},
    diagnostic::{Diagnostic, Diagnostics},
    host::config_catalog,
    plugin::{Catalog, Found},
};

/// The longest call: the largest values of the suite need more than a cache call's ordinary second.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Failures in a row that open the breaker. None shall: a case would be blamed for the failures of those before it.
const FAILURES: u32 = u32::MAX;

/// A plugin and what it is started with.
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) provider: ProviderConfig,
    pub(super) catalog: Catalog,
}

/// Reads the settings and checks them by the plugin's schema. Runs no plugin.
///
/// # Errors
/// Every fault of the settings.
pub(super) fn setup(
    file: &Path,
    manifest: Manifest,
    settings: Option<&PathBuf>,
    arguments: &SourceArguments,
    store: &Path,
) -> Result<Setup, Diagnostics> {
    let kind = manifest.kinds.first().copied().unwrap_or(Kind::Cache);
    let name = manifest.name.strip_prefix(&format!("{kind}_")).unwrap_or(&manifest.name).to_owned();
    let catalog = Catalog { found: vec![Found { file: file.to_owned(), manifest, twin: None }], ..Catalog::default() };
    let mut diagnostics = Diagnostics::default();
    let sources = sources(&name, kind, settings, arguments, store, &mut diagnostics);
    let draft = Draft::read(&sources, &mut diagnostics);
    let mut facts = config_catalog(&catalog);
    // A configuration has to name a cache; this one is thrown away below.
    facts.plugins.extend((kind != Kind::Cache).then(stand_in));
    let resolved = draft.resolve(&facts, &mut diagnostics);
    let Some(mut config) = resolved.filter(|_| !diagnostics.has_errors()) else { return Err(diagnostics) };
    let provider = std::mem::take(&mut config.providers).into_iter().find(|provider| provider.name == name);
    let Some(mut provider) = provider else { return Err(diagnostics) };
    provider.timeout = TIMEOUT;
    provider.breaker.failures = FAILURES;
    Ok(Setup { config, provider, catalog })
}

const STAND_IN: &str = "none";

fn stand_in() -> PluginFacts {
    let (version, settings) = (String::new(), serde_json::json!({ "type": "object" }));
    let name = format!("{}_{STAND_IN}", Kind::Cache);
    PluginFacts { name, version, kinds: vec![Kind::Cache], settings, file: PathBuf::new() }
}

fn sources(
    name: &str,
    kind: Kind,
    settings: Option<&PathBuf>,
    arguments: &SourceArguments,
    store: &Path,
    diagnostics: &mut Diagnostics,
) -> Sources {
    let list = |of: Kind| if of == kind { format!("[\"{name}\"]") } else { "[]".to_owned() };
    // The strongest source, so that no variable of the user's shell selects another provider.
    let mut set = vec![
        format!("cache.provider={}", if kind == Kind::Cache { name } else { STAND_IN }),
        format!("monitoring.providers={}", list(Kind::Monitoring)),
        format!("analytics.providers={}", list(Kind::Analytics)),
        "log.level=warn".to_owned(),
    ];
    set.extend(arguments.set.iter().map(|assignment| format!("providers.{name}.settings.{assignment}")));
    let text = settings.map(|path| text(name, path, diagnostics));
    let config = store.join("plugins.toml");
    if let Err(error) = std::fs::write(&config, text.unwrap_or_default()) {
        diagnostics.push(
            Diagnostic::error("config.file_unreadable", format!("cannot write {}: {error}", config.display())).plain(),
        );
    }
    let cli = CliSources { config: Some(config), env_file: arguments.env_file.clone(), set };
    Sources::from_process(cli, diagnostics)
}

/// Returns the file's settings as the block of a configuration.
fn text(name: &str, path: &Path, diagnostics: &mut Diagnostics) -> String {
    let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let table = read.and_then(|text| text.parse::<toml::Table>().map_err(|error| error.to_string()));
    match table {
        Ok(settings) => {
            let block = toml::Table::from_iter([("settings".to_owned(), toml::Value::Table(settings))]);
            let blocks = toml::Table::from_iter([(name.to_owned(), toml::Value::Table(block))]);
            toml::Table::from_iter([("providers".to_owned(), toml::Value::Table(blocks))]).to_string()
        }
        Err(error) => {
            let message = format!("cannot read the settings in {}: {error}", path.display());
            diagnostics.push(Diagnostic::error("config.file_unreadable", message).plain());
            String::new()
        }
    }
}
