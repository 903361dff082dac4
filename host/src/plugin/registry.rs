//! The providers that were asked for, whether they run, and why not.

use std::sync::Arc;

use futures_util::future::join_all;
use outrigger_plugin_api::{manifest::Kind, sdk::Call};
use tracing::{error, info};

use super::{
    Catalog, LoadError, Provider, Slot, services,
    start::{self, World},
};
use crate::{
    clock,
    config::{ProviderConfig, Redactor},
};

/// How one asked-for provider stands.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one for each provider; a box would cost every call a pointer")]
pub enum State {
    /// It serves.
    Running(Provider),
    /// It does not, and why.
    Failed(Failure),
    /// The host has shut it down.
    Stopped,
}

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

/// All slots, in the order asked for.
#[derive(Debug, Default)]
pub struct Registry {
    slots: Vec<Arc<Slot>>,
}

impl Registry {
    /// Starts every provider, all at once; one that fails leaves the others serving.
    pub(crate) async fn start(configs: Vec<ProviderConfig>, catalog: &Catalog, world: &World) -> Self {
        let starting = configs.into_iter().map(|config| start_slot(config, catalog, world));
        Self { slots: join_all(starting).await }
    }

    /// Returns the slots of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Arc<Slot>> {
        self.slots.iter().filter(move |slot| slot.config.kind == kind)
    }

    /// Returns every slot.
    pub fn slots(&self) -> &[Arc<Slot>] {
        &self.slots
    }

    /// Flushes and shuts down every provider, all at once, each within `call`'s budget. Names those that fail.
    pub async fn shutdown(&self, call: Call) {
        join_all(self.slots.iter().map(|slot| shutdown_slot(slot, call))).await;
        services::report_dropped();
    }
}

async fn start_slot(config: ProviderConfig, catalog: &Catalog, world: &World) -> Arc<Slot> {
    let began = clock::now();
    let state = match run(&config, catalog, world).await {
        Ok(provider) => {
            let took = clock::since(began).as_millis();
            info!(provider = config.name, kind = %config.kind, version = provider.manifest.version, took_ms = u64::try_from(took).unwrap_or(u64::MAX), "provider is up");
            State::Running(provider)
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
    Arc::new(Slot::new(config, state))
}

async fn run(config: &ProviderConfig, catalog: &Catalog, world: &World) -> Result<Provider, LoadError> {
    let Some(found) = catalog.find(&config.plugin) else {
        return Err(catalog.refusal(&config.file));
    };
    start::start(config.clone(), found.clone(), world.clone()).await
}

async fn shutdown_slot(slot: &Slot, call: Call) {
    let state = slot.switch(State::Stopped);
    let State::Running(provider) = &*state else { return };
    let (name, kind) = (&provider.name, provider.kind);
    if let Err(error) = provider.flush(call).await {
        error!(provider = name, %kind, code = "provider.flush_failed", "what it had accepted may be lost: {error}");
    }
    match provider.shutdown(call).await {
        Ok(()) => info!(provider = name, %kind, "provider is down"),
        Err(error) => error!(provider = name, %kind, code = "provider.shutdown_failed", "it did not end well: {error}"),
    }
}
