//! Which providers a kind would have with one more, or one less.

use outrigger_plugin_api::manifest::Kind;
use serde::Deserialize;

use super::OperationError;
use crate::{config::Config, host::Host};

/// One provider more, or one less.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Its name.
    pub provider: String,
    /// Its kind, needed where plugins of two kinds have that name.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Whether it is to run.
    pub on: bool,
}

impl Selection {
    /// Returns the kind and its providers with this selection.
    pub(super) fn names(&self, host: &Host) -> Result<(Kind, Vec<String>), OperationError> {
        let configured = host.configured();
        let running = |kind: Kind| {
            configured.0.providers.iter().filter(move |config| config.kind == kind).map(|config| config.name.clone())
        };
        let has = |kind: Kind| {
            let plugin = format!("{kind}_{}", self.provider);
            running(kind).any(|name| name == self.provider) || (self.on && configured.1.find(&plugin).is_some())
        };
        let kinds: Vec<_> =
            self.kind.map_or_else(|| Kind::ALL.into_iter().filter(|kind| has(*kind)).collect(), |kind| vec![kind]);
        let [kind] = kinds[..] else { return Err(self.unclear(&kinds)) };
        let mut names: Vec<_> = running(kind).filter(|name| *name != self.provider).collect();
        match (kind, self.on) {
            (Kind::Cache, true) => return Ok((kind, vec![self.provider.clone()])),
            (Kind::Cache, false) => {
                let text = "there is always one cache: switch it to another instead";
                return Err(OperationError::Selection(text.into()));
            }
            (_, true) => names.push(self.provider.clone()),
            (_, false) => {}
        }
        Ok((kind, names))
    }

    fn unclear(&self, kinds: &[Kind]) -> OperationError {
        let name = &self.provider;
        OperationError::Selection(match (kinds, self.on) {
            ([], true) => format!(
                "no plugin in the plugin folders is called cache_{name}, monitoring_{name} or analytics_{name}; name the kind where a block in plugins.toml gives it another plugin"
            ),
            ([], false) => format!("no provider is called `{name}`"),
            (kinds, _) => {
                let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
                format!("`{name}` could be of kind {}: name the kind", kinds.join(" or "))
            }
        })
    }
}

/// Checks that a configuration selects these providers: a variable or `--set` wins over the file.
pub(super) fn in_force(config: &Config, kind: Kind, names: &[String]) -> Result<(), OperationError> {
    let of_kind: Vec<_> = config.providers.iter().filter(|provider| provider.kind == kind).collect();
    if of_kind.iter().map(|provider| &provider.name).eq(names) {
        return Ok(());
    }
    let by = of_kind.first().map_or_else(|| "something".to_owned(), |provider| provider.selected_by.to_string());
    let selected: Vec<_> = of_kind.iter().map(|provider| provider.name.as_str()).collect();
    let selected = if selected.is_empty() { "none".to_owned() } else { selected.join(", ") };
    Err(OperationError::Overridden { by, selected })
}
