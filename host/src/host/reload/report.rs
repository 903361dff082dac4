//! What a reload did, or why it did nothing.

use serde::Serialize;

use super::plan::Step;
use crate::{
    config::Config,
    deliver::StartError,
    plugin::{Failure, Registry, State},
};

/// A value that differs between two configurations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueChange {
    /// Dotted path as in `plugins.toml`.
    pub path: String,
    /// What it was; `None` where it was not there.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
}

/// What happened to one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderChange {
    /// Its name.
    pub provider: String,
    /// Its kind.
    pub kind: &'static str,
    /// `started`, `replaced`, `rebounded` or `stopped`.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

/// What a reload did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Providers; those not named go on untouched.
    pub providers: Vec<ProviderChange>,
    /// Values, secrets as `set`.
    pub values: Vec<ValueChange>,
}

/// A provider of the coming configuration that does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its name.
    pub provider: String,
    /// The stable code.
    pub code: &'static str,
    /// Why.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Refusal {
    pub(super) fn new(provider: &str, failure: &Failure) -> Self {
        let Failure { code, message, help } = failure.clone();
        Self { provider: provider.to_owned(), code, message, help }
    }
}

/// Why a configuration was not put in force. The former one is.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReloadError {
    /// It changes what is only read at start.
    #[error("{} can't change while the host runs", .0.join(", "))]
    NeedsRestart(Vec<String>),
    /// A provider of it does not run.
    #[error("{}", refusals(.0))]
    Providers(Vec<Refusal>),
    /// Its events could not be kept.
    #[error("no event could be kept for its providers: {message}")]
    Deliveries {
        /// The stable code.
        code: &'static str,
        /// Why.
        message: String,
    },
    /// It would map one library more than is allowed.
    #[error("{replaced} replaced libraries are in memory, and reload.libraries-max is {max}")]
    TooManyLibraries {
        /// Mapped, and used by nobody.
        replaced: usize,
        /// The bound.
        max: u32,
    },
    /// The host is shutting down.
    #[error("the host is shutting down")]
    Ending,
}

impl ReloadError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NeedsRestart(_) => "reload.needs_restart",
            Self::Providers(_) => "reload.provider_failed",
            Self::Deliveries { code, .. } => code,
            Self::TooManyLibraries { .. } => "reload.too_many_libraries",
            Self::Ending => "reload.ending",
        }
    }
}

impl From<StartError> for ReloadError {
    fn from(error: StartError) -> Self {
        Self::Deliveries { code: error.code(), message: crate::observe::chain(&error) }
    }
}

fn refusals(refusals: &[Refusal]) -> String {
    let one = |refusal: &Refusal| format!("provider `{}`: {} ({})", refusal.provider, refusal.message, refusal.code);
    refusals.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Returns the values that differ.
pub(super) fn values(former: &Config, coming: &Config) -> Vec<ValueChange> {
    let of = |config: &Config, path: &str| {
        config.rows().iter().find(|row| row.path == path).map(|row| row.value.to_string())
    };
    let paths = former.rows().iter().chain(coming.rows()).map(|row| row.path.clone());
    let paths: std::collections::BTreeSet<_> = paths.collect();
    let change = |path: String| {
        let (from, to) = (of(former, &path), of(coming, &path));
        (from != to).then_some(ValueChange { path, from, to })
    };
    paths.into_iter().filter_map(change).collect()
}

/// Returns what a reload by these steps does.
pub(super) fn changes(former: &Config, coming: &Config, registry: &Registry, steps: &[Step]) -> Changes {
    let mut providers: Vec<_> = steps.iter().filter_map(change).collect();
    let stays = |name: &str| coming.providers.iter().any(|config| config.name == name);
    let gone = registry.slots().iter().map(|slot| &slot.config).filter(|config| !stays(&config.name));
    providers.extend(gone.map(|config| ProviderChange {
        provider: config.name.clone(),
        kind: config.kind.as_str(),
        what: "stopped",
        why: "no longer asked for",
    }));
    // What a provider that comes or goes is set to is no change of anybody's.
    let whole = |path: &str| {
        let of = |change: &ProviderChange| path.starts_with(&format!("providers.{}.", change.provider));
        providers.iter().any(|change| matches!(change.what, "started" | "stopped") && of(change))
    };
    let values = values(former, coming).into_iter().filter(|value| !whole(&value.path)).collect();
    Changes { providers, values }
}

fn change(step: &Step) -> Option<ProviderChange> {
    let (config, what, why) = match step {
        Step::Keep(_) => return None,
        Step::Bounds(_, config) => (config, "rebounded", "only the host's rules for it changed"),
        Step::Start { config, former, why, .. } => {
            let replaces = former.as_ref().is_some_and(|slot| matches!(slot.state(), State::Running(_)));
            (config, if replaces { "replaced" } else { "started" }, why.as_str())
        }
    };
    Some(ProviderChange { provider: config.name.clone(), kind: config.kind.as_str(), what, why })
}
