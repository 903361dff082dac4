//! The library's front: a running host with its providers.

use std::{path::Path, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use outrigger_plugin_api::{manifest::Kind, sdk::Call};

use crate::{
    analytics::Analytics,
    cache::Cache,
    call::{CacheCalls, CallError, Sinks},
    clock,
    commands::Engine,
    config::{CliSources, Config, Sources},
    deliver::{Deliveries, Outlet, Present},
    monitoring::Monitoring,
    plugin::{Catalog, Registry, Switch, World},
};

mod readiness;
mod reload;
mod start;

pub use readiness::{ProviderStatus, Readiness};
pub use reload::{Changes, ProviderChange, Refusal, ReloadError, ValueChange};
pub(crate) use start::world;
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
    /// The configuration in force, and what the plugin directories held when it was read.
    configured: ArcSwap<(Config, Catalog)>,
    switch: Arc<Switch>,
    world: World,
    commands: Arc<Engine>,
    monitoring: Outlet,
    analytics: Outlet,
    deliveries: Arc<Present>,
    reload: reload::State,
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
        let world = world(&config);
        let registry = Registry::start(config.providers.clone(), &catalog, &world).await;
        let deliveries = start::deliveries(&config.journal, &registry).await;
        let (deliveries, switch) = (Arc::new(Present::from_pointee(deliveries)), Arc::new(Switch::new(registry)));
        let outlet = |kind| Outlet::new(kind, Sinks::new(switch.clone(), kind), deliveries.clone());
        let (monitoring, analytics) = (outlet(Kind::Monitoring), outlet(Kind::Analytics));
        let commands = Arc::new(start::commands(&config, CacheCalls::new(switch.clone())));
        let configured = ArcSwap::from_pointee((config, catalog));
        let reload = reload::State::default();
        Self {
            shared: Arc::new(Shared { configured, switch, world, commands, monitoring, analytics, deliveries, reload }),
        }
    }

    /// Returns the cache.
    ///
    /// # Errors
    /// `provider.none` where no cache is configured.
    pub fn cache(&self) -> Result<Cache, CallError> {
        let none = self.registry().cache().is_none();
        if none {
            return Err(CallError::NoProvider { kind: Kind::Cache.as_str() });
        }
        Ok(Cache::new(CacheCalls::new(self.shared.switch.clone())))
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

    /// Returns the configuration in force, and what the plugin directories held when it was read.
    pub fn configured(&self) -> Arc<(Config, Catalog)> {
        self.shared.configured.load_full()
    }

    /// Returns a copy of the configuration in force.
    pub fn config(&self) -> Config {
        self.configured().0.clone()
    }

    /// Returns the providers that are asked for at this moment.
    pub fn registry(&self) -> Arc<Registry> {
        self.shared.switch.present()
    }

    /// Returns the journal and what becomes of events.
    ///
    /// # Errors
    /// `journal.*` or `delivery.*`: why no event can be kept.
    pub fn deliveries(&self) -> Result<Deliveries, CallError> {
        Result::clone(&self.shared.deliveries.load())
    }

    /// Tells whether the host can serve, and what is wrong if not. Reads only what the host knows: no plugin is asked.
    pub fn readiness(&self) -> Readiness {
        Readiness::of(&self.registry(), &self.deliveries())
    }

    /// Flushes and shuts down every provider, all at once, within the configured grace period. Calls that arrive
    /// afterwards fail with `provider.not_running`. May be called twice.
    pub async fn shutdown(&self) {
        self.shutdown_within(self.configured().0.shutdown.grace).await;
    }

    /// As [`Self::shutdown`], within `grace`.
    pub async fn shutdown_within(&self, grace: Duration) {
        let began = clock::now();
        // A reload that is under way ends first; one that comes later is refused.
        self.shared.reload.end().await;
        if let Ok(deliveries) = self.deliveries() {
            // What is left then is delivered by the next start; flushing what was delivered can't wait for one.
            deliveries.end(began + grace.mul_f32(DELIVERIES_GRACE_PART)).await;
        }
        let former = self.registry();
        self.shared.switch.put(former.stopped());
        former.shutdown(Call::within(grace.saturating_sub(clock::since(began)))).await;
    }
}

fn some(outlet: &Outlet, kind: Kind) -> Result<Outlet, CallError> {
    if outlet.sinks().exist() { Ok(outlet.clone()) } else { Err(CallError::NoProvider { kind: kind.as_str() }) }
}
