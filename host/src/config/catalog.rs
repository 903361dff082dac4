//! What the plugin folders hold, as plain facts: all that the configuration needs to know of plugins.
//!
//! Filled by whoever inspects the libraries; nothing here runs or opens one.

use std::path::PathBuf;

use super::Kind;

/// One valid plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginFacts {
    /// `<kind>_<provider>`, such as `cache_redis`.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The kinds of work it can do.
    pub kinds: Vec<Kind>,
    /// JSON Schema of its settings, with `x-env` and `x-secret`.
    pub settings: serde_json::Value,
    /// Where it lies.
    pub file: PathBuf,
}

/// A file in a plugin folder that is no valid plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub file: PathBuf,
    /// Why, as a lowercase fragment.
    pub why: String,
}

/// Everything found in the plugin folders.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    /// Valid plugins, in the order of the folders: of two with one name the first is used.
    pub plugins: Vec<PluginFacts>,
    /// Files that are none.
    pub rejected: Vec<Rejected>,
    /// The folders that were searched.
    pub dirs: Vec<PathBuf>,
}

impl Catalog {
    /// Returns the plugin of that name.
    #[must_use]
    pub fn plugin(&self, name: &str) -> Option<&PluginFacts> {
        self.plugins.iter().find(|plugin| plugin.name == name)
    }

    /// Returns the names by which plugins of `kind` can be selected, sorted.
    #[must_use]
    pub fn providers(&self, kind: Kind) -> Vec<&str> {
        let prefix = kind.as_str();
        let of_kind = self.plugins.iter().filter(|plugin| plugin.kinds.contains(&kind));
        let mut names: Vec<&str> =
            of_kind.filter_map(|plugin| plugin.name.strip_prefix(prefix)?.strip_prefix('_')).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
