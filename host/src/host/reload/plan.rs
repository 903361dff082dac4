//! Compares a configuration with what runs: which providers stay, which start, and what no reload can change.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use crate::{
    config::{Config, ProviderConfig},
    plugin::{Registry, Slot, State, hash_of_file, is_mapped},
};

/// What is to be done for one provider of the coming configuration.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing: it is as it was.
    Keep(Arc<Slot>),
    /// It goes on, within other bounds of the host's.
    Bounds(Arc<Slot>, ProviderConfig),
    /// It has to be started.
    Start {
        config: ProviderConfig,
        /// What it replaces.
        former: Option<Arc<Slot>>,
        why: Why,
        /// It failed before, with the same configuration: failing again makes nothing worse.
        tolerated: bool,
        /// The hash of its file, where that could be read.
        sha256: Option<String>,
    },
}

/// Why a provider has to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Added,
    Settings,
    Plugin,
    Library,
    Failed,
}

impl Why {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Settings => "its settings changed",
            Self::Plugin => "another plugin runs it",
            Self::Library => "its library changed",
            Self::Failed => "it did not run",
        }
    }
}

/// Returns the sections that differ and are only read at start.
pub(super) fn fixed(former: &Config, coming: &Config) -> Vec<String> {
    let differs = [
        ("listen", former.listen != coming.listen),
        ("auth", former.auth != coming.auth),
        ("limits", former.limits != coming.limits),
        ("redis", former.redis != coming.redis),
        ("log", former.log != coming.log),
        ("store", former.store != coming.store),
        ("journal", former.journal != coming.journal),
        ("outbound", former.outbound != coming.outbound),
    ];
    let sections: Vec<_> = differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    let of = |path: &str| sections.iter().any(|section| path.split('.').next() == Some(section));
    let mut keys: Vec<_> =
        super::report::values(former, coming).into_iter().map(|value| value.path).filter(|path| of(path)).collect();
    // A secret that changed shows in no value.
    let unseen = |section: &&&str| !keys.iter().any(|key| key.starts_with(**section));
    let unseen: Vec<_> = sections.iter().filter(unseen).map(|section| (*section).to_owned()).collect();
    keys.extend(unseen);
    keys
}

/// Returns what is to be done for each provider, in the configuration's order. Reads the plugins' files.
pub(super) async fn steps(registry: &Registry, coming: &[ProviderConfig]) -> Vec<Step> {
    let mut steps = Vec::new();
    for config in coming {
        let file = config.file.clone();
        let hashed = tokio::task::spawn_blocking(move || hash_of_file(&file)).await;
        let sha256 = hashed.ok().and_then(Result::ok);
        let same = |slot: &&Arc<Slot>| slot.config.name == config.name && slot.config.kind == config.kind;
        steps.push(step(registry.slots().iter().find(same), config.clone(), sha256));
    }
    steps
}

fn step(former: Option<&Arc<Slot>>, config: ProviderConfig, sha256: Option<String>) -> Step {
    let start = |config, why, tolerated| Step::Start {
        config,
        former: former.cloned(),
        why,
        tolerated,
        sha256: sha256.clone(),
    };
    let Some(slot) = former else { return start(config, Why::Added, false) };
    let State::Running(provider) = slot.state() else {
        let unchanged = slot.config == comparable(slot, &config);
        return start(config, Why::Failed, unchanged);
    };
    if slot.config.plugin != config.plugin {
        return start(config, Why::Plugin, false);
    }
    if slot.config.settings != config.settings {
        return start(config, Why::Settings, false);
    }
    if sha256.as_ref() != Some(&provider.sha256) {
        return start(config, Why::Library, false);
    }
    if slot.config == comparable(slot, &config) { Step::Keep(slot.clone()) } else { Step::Bounds(slot.clone(), config) }
}

/// Leaves out what changes nothing: which line selected it, and which path its library has.
fn comparable(slot: &Slot, config: &ProviderConfig) -> ProviderConfig {
    let (selected_by, file) = (slot.config.selected_by.clone(), slot.config.file.clone());
    ProviderConfig { selected_by, file, ..config.clone() }
}

/// Returns the same provider within other bounds.
pub(super) fn with_bounds(slot: &Slot, config: ProviderConfig) -> Arc<Slot> {
    let state = slot.provider().map_or(State::Stopped, |provider| State::Running(provider.clone()));
    Slot::new(config, state)
}

/// Libraries that nobody uses, or nobody will.
pub(super) struct Spare {
    /// Mapped, and no longer used.
    pub(super) replaced: usize,
    /// Not mapped yet, and about to be.
    pub(super) new: usize,
}

/// Counts the libraries that a reload would add to those that are mapped for nobody.
pub(super) fn spare(registry: &Registry, steps: &[Step], store: &Path) -> Spare {
    let fresh = steps.iter().filter_map(|step| match step {
        Step::Start { config, sha256: Some(sha256), .. } if !is_mapped(store, sha256, &config.file) => Some(sha256),
        _ => None,
    });
    let new = fresh.collect::<BTreeSet<_>>().len();
    Spare { replaced: super::libraries(registry).1, new }
}

/// Counts the libraries that running providers use.
pub(super) fn in_use(registry: &Registry) -> usize {
    let used = registry.slots().iter().filter_map(|slot| slot.provider()).map(|provider| &provider.sha256);
    used.collect::<BTreeSet<_>>().len()
}
