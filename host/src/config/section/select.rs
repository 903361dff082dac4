//! Which providers run, and where their plugins are looked for.

use std::path::PathBuf;

use super::Section;
use crate::config::Kind;
use crate::config::key::{Found, Key, Preset, Reader};
use crate::config::value::{Name, Names};
use crate::diagnostic::Origin;

pub(in crate::config) const TOP: Section =
    Section { title: "top level", about: "Keys before the first section.", keys: &[&PLUGIN_DIRS] };

pub(in crate::config) const CACHE: Section =
    Section { title: "cache", about: "The one provider that answers cache calls.", keys: &[&CACHE_PROVIDER] };

pub(in crate::config) const MONITORING: Section = Section {
    title: "monitoring",
    about: "The providers that get every error, event, log and span.",
    keys: &[&MONITORING_PROVIDERS],
};

pub(in crate::config) const ANALYTICS: Section =
    Section { title: "analytics", about: "The providers that get every usage event.", keys: &[&ANALYTICS_PROVIDERS] };

pub(in crate::config) const PLUGIN_DIRS: Key<Vec<PathBuf>> = Key {
    path: "plugin-dirs",
    env: None,
    default: Preset::Same(|| vec![PathBuf::from("plugins")]),
    bounds: None,
    doc: "Folders with plugin libraries, searched in order; relative paths start at the folder of `plugins.toml`. \
          No variable overrides it, because whoever can name a folder here runs code in the host.",
};

const CACHE_PROVIDER: Key<Name> = Key {
    path: "cache.provider",
    env: Some("CACHE_PROVIDER"),
    default: Preset::Same(|| Name("memory".to_owned())),
    bounds: None,
    doc: "The cache provider. `memory` needs no server, so an unpacked release answers at once.",
};

const MONITORING_PROVIDERS: Key<Names> = Key {
    path: "monitoring.providers",
    env: Some("MONITORING_PROVIDERS"),
    default: Preset::Same(|| Names(vec![(Name("console".to_owned()), None)])),
    bounds: None,
    doc: "The monitoring providers; in the variable separated by commas. `[]` turns monitoring off. `console` \
          writes to the host's own output, so errors are seen before any vendor is chosen.",
};

const ANALYTICS_PROVIDERS: Key<Names> = Key {
    path: "analytics.providers",
    env: Some("ANALYTICS_PROVIDERS"),
    default: Preset::Same(|| Names(vec![(Name("internal".to_owned()), None)])),
    bounds: None,
    doc: "The analytics providers; in the variable separated by commas. `[]` turns analytics off. `internal` \
          keeps events in a local database, so none is lost before a vendor is chosen.",
};

/// A provider that was selected, and by what.
#[derive(Debug, Clone)]
pub(in crate::config) struct Selected {
    pub(in crate::config) name: String,
    pub(in crate::config) kind: Kind,
    pub(in crate::config) by: Origin,
}

/// Reads the selection of all kinds.
pub(in crate::config) fn read(reader: &mut Reader<'_>) -> Vec<Selected> {
    let mut selected = Vec::new();
    let Found { value: Name(name), origin } = reader.read(&CACHE_PROVIDER);
    selected.push(Selected { name, kind: Kind::Cache, by: origin });
    for (kind, key) in [(Kind::Monitoring, &MONITORING_PROVIDERS), (Kind::Analytics, &ANALYTICS_PROVIDERS)] {
        let Found { value: Names(names), origin } = reader.read(key);
        selected.extend(names.into_iter().map(|(Name(name), at)| {
            let by = at.unwrap_or_else(|| origin.clone());
            Selected { name, kind, by }
        }));
    }
    selected
}

/// Returns the key and the variable that select providers of a kind, for messages.
pub(in crate::config) fn selector(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Cache => ("cache.provider", "CACHE_PROVIDER"),
        Kind::Monitoring => ("monitoring.providers", "MONITORING_PROVIDERS"),
        Kind::Analytics => ("analytics.providers", "ANALYTICS_PROVIDERS"),
    }
}
