//! The library's front: a running host with its providers.

use std::{path::Path, sync::Arc, time::Duration};

use outrigger_plugin_api::{manifest::Kind, sdk::Call};

use crate::{
    analytics::Analytics,
    cache::Cache,
    call::{CacheCalls, CallError, Sinks},
    clock,
    commands::Engine,
    config::{CliSources, Config, Sources},
    deliver::{Deliveries, Outlet},
    monitoring::Monitoring,
    plugin::{Catalog, Registry, State},
};

mod readiness;
mod start;

pub use readiness::{ProviderStatus, Readiness};
pub use start::{StartError, config_catalog, configure, sources};

/// A running host. Cheap to clone; every clone speaks to the same providers.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// let host = outrigger::Host::from_file("plugins.toml").await?;
/// let cache = host.cache()?;
/// cache.set("greeting", "hello").ttl(Duration::from_secs(60)).await?;
/// assert_eq!(cache.get("greeting").await?.as_deref(), Some(&b"hello"[..]));
/// host.analytics()?.track("user-1", "signed_up").await?;
/// host.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

/// The part of the grace period in which what the journal holds is still delivered: the rest is for providers to flush.
const DELIVERIES_GRACE_PART: f32 = 0.5;

#[derive(Debug)]
struct Shared {
    config: Config,
    catalog: Catalog,
    registry: Registry,
    cache: Option<CacheCalls>,
    commands: Arc<Engine>,
    monitoring: Outlet,
    analytics: Outlet,
    deliveries: Result<Deliveries, CallError>,
}

impl Host {
    /// Reads the configuration as `outrigger run` does – the file, the process environment – and starts every
    /// provider. Providers that fail to start leave the others serving: see [`Self::readiness`].
    ///
    /// Must be called inside a tokio runtime with time enabled.
    ///
    /// # Errors
    /// Every fault of the configuration, at once. A retry does not help before the file or a variable changes.
    pub async fn from_file(path: impl AsRef<Path>) -> Result<Self, StartError> {
        let cli = CliSources { config: Some(path.as_ref().to_owned()), ..CliSources::default() };
        Self::from_sources(&sources(cli)?).await
    }

    /// Starts a host from given sources; what tests and embedders with an own environment use.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub async fn from_sources(sources: &Sources) -> Result<Self, StartError> {
        let (config, catalog) = configure(sources)?;
        Ok(Self::start(config, catalog).await)
    }

    /// Starts every provider of a configuration that was checked against this catalog.
    pub async fn start(config: Config, catalog: Catalog) -> Self {
        let registry = Registry::start(config.providers.clone(), &catalog, &start::world(&config)).await;
        let sinks = |kind| Sinks::new(registry.of(kind).cloned().collect());
        let cache = registry.of(Kind::Cache).next().cloned().map(CacheCalls::new);
        let deliveries = start::deliveries(&config.journal, &registry).await;
        let outlet = |kind| Outlet::new(kind, sinks(kind), deliveries.clone());
        let commands = Arc::new(start::commands(&config, cache.clone()));
        let (monitoring, analytics) = (outlet(Kind::Monitoring), outlet(Kind::Analytics));
        Self {
            shared: Arc::new(Shared { config, catalog, registry, cache, commands, monitoring, analytics, deliveries }),
        }
    }

    /// Returns the cache.
    ///
    /// # Errors
    /// `provider.none` where no cache is configured.
    pub fn cache(&self) -> Result<Cache, CallError> {
        let calls = self.shared.cache.clone().ok_or(CallError::NoProvider { kind: Kind::Cache.as_str() })?;
        Ok(Cache::new(calls))
    }

    /// Returns Redis' commands over the cache, for the doors that speak them.
    pub fn commands(&self) -> &Arc<Engine> {
        &self.shared.commands
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

    /// Returns the journal and what becomes of events.
    ///
    /// # Errors
    /// `journal.*` or `delivery.*`: why no event can be kept.
    pub fn deliveries(&self) -> Result<&Deliveries, CallError> {
        self.shared.deliveries.as_ref().map_err(Clone::clone)
    }

    /// Tells whether the host can serve, and what is wrong if not. Reads only what the host knows: no plugin is asked.
    pub fn readiness(&self) -> Readiness {
        Readiness::of(&self.shared.registry, &self.shared.deliveries)
    }

    /// Flushes and shuts down every provider, all at once, within the configured grace period. Calls that arrive
    /// afterwards fail with `provider.not_running`. May be called twice.
    pub async fn shutdown(&self) {
        self.shutdown_within(self.shared.config.shutdown.grace).await;
    }

    /// As [`Self::shutdown`], within `grace`.
    pub async fn shutdown_within(&self, grace: Duration) {
        let began = clock::now();
        if let Ok(deliveries) = &self.shared.deliveries {
            // What is left then is delivered by the next start; flushing what was delivered can't wait for one.
            deliveries.end(began + grace.mul_f32(DELIVERIES_GRACE_PART)).await;
        }
        self.shared.registry.shutdown(Call::within(grace.saturating_sub(clock::since(began)))).await;
    }
}

fn some(outlet: &Outlet, kind: Kind) -> Result<Outlet, CallError> {
    let none = outlet.sinks().slots().is_empty();
    if none { Err(CallError::NoProvider { kind: kind.as_str() }) } else { Ok(outlet.clone()) }
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
