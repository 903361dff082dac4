//! The library's front: a running host with its providers.

use std::{sync::Arc, time::Duration};

use outrigger_plugin_api::{manifest::Kind, sdk::Call};

use crate::{
    analytics::Analytics,
    cache::Cache,
    call::{CacheCalls, CallError, Sinks},
    config::Config,
    monitoring::Monitoring,
    plugin::{Catalog, Registry, State},
};

mod readiness;

pub use readiness::{ProviderStatus, Readiness};

/// A running host. Cheap to clone; every clone speaks to the same providers.
#[derive(Debug, Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    catalog: Catalog,
    registry: Registry,
    cache: Option<CacheCalls>,
    monitoring: Sinks,
    analytics: Sinks,
}

impl Host {
    /// Starts every provider of a configuration that was checked against this catalog.
    pub async fn start(config: Config, catalog: Catalog) -> Self {
        let registry = Registry::start(config.providers.clone(), &catalog, config.store.dir.clone()).await;
        let sinks = |kind| Sinks::new(registry.of(kind).cloned().collect());
        let cache = registry.of(Kind::Cache).next().cloned().map(CacheCalls::new);
        let (monitoring, analytics) = (sinks(Kind::Monitoring), sinks(Kind::Analytics));
        Self { shared: Arc::new(Shared { config, catalog, registry, cache, monitoring, analytics }) }
    }

    /// Returns the cache.
    ///
    /// # Errors
    /// `provider.none` where no cache is configured.
    pub fn cache(&self) -> Result<Cache, CallError> {
        let calls = self.shared.cache.clone().ok_or(CallError::NoProvider { kind: Kind::Cache.as_str() })?;
        Ok(Cache::new(calls))
    }

    /// Returns the monitoring providers as one.
    ///
    /// # Errors
    /// `provider.none` where none is configured.
    pub fn monitoring(&self) -> Result<Monitoring, CallError> {
        some(&self.shared.monitoring, Kind::Monitoring).map(Monitoring::new)
    }

    /// Returns the analytics providers as one.
    ///
    /// # Errors
    /// `provider.none` where none is configured.
    pub fn analytics(&self) -> Result<Analytics, CallError> {
        some(&self.shared.analytics, Kind::Analytics).map(Analytics::new)
    }

    /// Returns the configuration in force.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Returns what the plugin directories held at start.
    pub fn catalog(&self) -> &Catalog {
        &self.shared.catalog
    }

    /// Returns the providers that were asked for.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// Tells whether the host can serve, and what is wrong if not. Reads only what the host knows: no plugin is asked.
    pub fn readiness(&self) -> Readiness {
        Readiness::of(&self.shared.registry)
    }

    /// Flushes and shuts down every provider, all at once, within the configured grace period. Calls that arrive
    /// afterwards fail with `provider.not_running`. May be called twice.
    pub async fn shutdown(&self) {
        self.shutdown_within(self.shared.config.shutdown.grace).await;
    }

    /// As [`Self::shutdown`], within `grace`.
    pub async fn shutdown_within(&self, grace: Duration) {
        self.shared.registry.shutdown(Call::within(grace)).await;
    }
}

fn some(sinks: &Sinks, kind: Kind) -> Result<Sinks, CallError> {
    if sinks.slots().is_empty() { Err(CallError::NoProvider { kind: kind.as_str() }) } else { Ok(sinks.clone()) }
}

impl State {
    /// Returns one word for people and JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Failed(_) => "failed",
            Self::Stopped => "stopped",
        }
    }
}
