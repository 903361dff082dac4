//! The providers that were asked for, whether they run, and why not.

use std::sync::Arc;

use futures_util::future::join_all;
use outrigger_plugin_api::{manifest::Kind, sdk::Call};
use tracing::{error, info};

use super::{
    Catalog, Found, LoadError, Provider, Slot, State, services, stage,
    start::{self, World},
};
use crate::{
    clock,
    config::{ProviderConfig, Redactor},
};

/// Why a provider does not run.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The stable code.
    pub code: &'static str,
    /// The whole chain of causes.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// All slots, in the order asked for: the cache first.
#[derive(Debug, Default)]
pub struct Registry {
    slots: Vec<Arc<Slot>>,
    cache: Option<Arc<Slot>>,
}

impl Registry {
    /// Starts every provider, all at once; one that fails leaves the others serving.
    pub(crate) async fn start(configs: Vec<ProviderConfig>, catalog: &Catalog, world: &World) -> Self {
        let starting = configs.into_iter().map(|config| start_slot(config, catalog, world));
        Self::new(join_all(starting).await)
    }

    /// Returns the registry of these slots.
    pub(crate) fn new(slots: Vec<Arc<Slot>>) -> Self {
        let cache = slots.iter().find(|slot| slot.config.kind == Kind::Cache).cloned();
        Self { slots, cache }
    }

    /// Returns the slot of the cache.
    pub const fn cache(&self) -> Option<&Arc<Slot>> {
        self.cache.as_ref()
    }

    /// Returns the slots of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Arc<Slot>> {
        self.slots.iter().filter(move |slot| slot.config.kind == kind)
    }

    /// Returns every slot.
    pub fn slots(&self) -> &[Arc<Slot>] {
        &self.slots
    }

    /// Returns the same slots, none of which serves.
    pub(crate) fn stopped(&self) -> Self {
        Self::new(self.slots.iter().map(|slot| Slot::new(slot.config.clone(), State::Stopped)).collect())
    }

    /// Flushes and shuts down every provider, all at once, each within `call`'s budget. Names those that fail.
    pub async fn shutdown(&self, call: Call) {
        join_all(self.slots.iter().map(|slot| shutdown(slot, call))).await;
        services::report_dropped();
    }
}

/// Starts one provider, or says why it does not run.
pub(crate) async fn start_slot(config: ProviderConfig, catalog: &Catalog, world: &World) -> Arc<Slot> {
    let began = clock::now();
    let state = match run(&config, catalog, world).await {
        Ok(provider) => {
            let took = clock::since(began).as_millis();
            info!(provider = config.name, kind = %config.kind, version = provider.manifest.version, took_ms = u64::try_from(took).unwrap_or(u64::MAX), "provider is up");
            State::Running(Arc::new(provider))
        }
        Err(error) => {
            let failure = Failure {
                code: error.code(),
                message: Redactor::of(&config).clean(crate::observe::chain(&error)),
                help: error.help(),
            };
            error!(provider = config.name, kind = %config.kind, code = failure.code, required = config.required,
                help = failure.help, "provider does not run: {}", failure.message);
            State::Failed(failure)
        }
    };
    Slot::new(config, state)
}

/// Starts a provider that ran before once more: from the private copy that ran, whatever its file has become.
pub(crate) async fn restart_slot(former: &Slot, world: &World) -> Arc<Slot> {
    let Some(provider) = former.provider() else { return Slot::new(former.config.clone(), State::Stopped) };
    let file = stage::copy_of(&world.store, &provider.sha256, &provider.file);
    let found = Found { file, manifest: provider.manifest.clone(), twin: None };
    let catalog = Catalog { found: vec![found], ..Catalog::default() };
    let world = World { trust: Arc::new(world.trust.of_what_ran()), ..world.clone() };
    start_slot(former.config.clone(), &catalog, &world).await
}

async fn run(config: &ProviderConfig, catalog: &Catalog, world: &World) -> Result<Provider, LoadError> {
    let Some(found) = catalog.find(&config.plugin) else {
        return Err(catalog.refusal(&config.file));
    };
    start::start(config.clone(), found.clone(), world.clone()).await
}

/// Flushes and shuts down a provider, each within `call`'s budget; says where that fails.
pub(crate) async fn shutdown(slot: &Slot, call: Call) {
    let Some(provider) = slot.provider() else { return };
    let (name, kind) = (&provider.name, provider.kind);
    if let Err(error) = provider.flush(call).await {
        error!(provider = name, %kind, code = "provider.flush_failed", "what it had accepted may be lost: {error}");
    }
    match provider.shutdown(call).await {
        Ok(()) => info!(provider = name, %kind, "provider is down"),
        Err(error) => error!(provider = name, %kind, code = "provider.shutdown_failed", "it did not end well: {error}"),
    }
}
