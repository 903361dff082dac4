//! From sources to a checked configuration: read, discover, resolve.

use std::sync::Arc;

use outrigger_plugin_api::manifest::Kind;

use crate::{
    access::Access,
    call::{CacheCalls, CallError},
    commands::{Engine, Options},
    config::{self, CliSources, Config, Sources},
    deliver::Deliveries,
    diagnostic::{Diagnostics, Paint},
    outbound::Client,
    plugin::{Catalog, Registry, World, trust},
};

/// The configuration can't be used. Holds every fault found, each with its place.
#[derive(Debug, thiserror::Error)]
#[error("the configuration can't be used:\n{}", .0.render(Paint::None))]
pub struct StartError(pub Diagnostics);

impl From<Diagnostics> for StartError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self(diagnostics)
    }
}

/// Collects the sources of the running process.
///
/// # Errors
/// Files that can't be read.
pub fn sources(cli: CliSources) -> Result<Sources, StartError> {
    let mut diagnostics = Diagnostics::default();
    let sources = Sources::from_process(cli, &mut diagnostics);
    if diagnostics.has_errors() { Err(StartError(diagnostics)) } else { Ok(sources) }
}

/// Reads the sources, lists the plugins they point to, and checks one against the other. Runs no plugin.
///
/// # Errors
/// Every fault, at once.
pub fn configure(sources: &Sources) -> Result<(Config, Catalog), StartError> {
    let mut diagnostics = Diagnostics::default();
    let draft = config::Draft::read(sources, &mut diagnostics);
    let mut catalog = Catalog::read(draft.plugin_dirs());
    trust::explain(&mut catalog, draft.trust());
    match draft.resolve(&config_catalog(&catalog), &mut diagnostics) {
        Some(config) if !diagnostics.has_errors() => Ok((config, catalog)),
        _ => Err(StartError(diagnostics)),
    }
}

/// Returns what every provider needs of the host.
pub(crate) fn world(config: &Config) -> World {
    let client = Client::new(&config.outbound).inspect_err(|why| {
        tracing::error!(code = "host.outbound_unusable", "plugins that speak HTTP reach nothing: {why}");
    });
    World { store: config.store.dir.clone(), trust: Arc::new(config.trust.clone()), client: client.ok().map(Arc::new) }
}

/// Begins deliveries, or says why no event can be kept. The cache works without them.
pub(super) async fn deliveries(config: &config::Journal, registry: &Registry) -> Result<Deliveries, CallError> {
    let slots: Vec<_> = registry.slots().iter().filter(|slot| slot.config.kind != Kind::Cache).cloned().collect();
    if slots.is_empty() {
        return Err(CallError::NoProvider { kind: "monitoring or analytics" });
    }
    Deliveries::start(config, slots).await.map_err(|error| {
        let (code, message) = (error.code(), crate::observe::chain(&error));
        tracing::error!(code, "no event can be accepted: {message}");
        CallError::Journal { code, message, retry_after: None }
    })
}

/// Returns what the configuration needs to know of the plugins.
pub fn config_catalog(catalog: &Catalog) -> config::Catalog {
    let plugins = catalog.found.iter().map(|found| config::PluginFacts {
        name: found.manifest.name.clone(),
        version: found.manifest.version.clone(),
        kinds: found.manifest.kinds.clone(),
        settings: found.manifest.settings.clone(),
        file: found.file.clone(),
    });
    let rejected = catalog.refused.iter().map(|refused| config::Rejected {
        file: refused.file.clone(),
        why: format!("{} ({})", refused.error, refused.error.code()),
    });
    config::Catalog {
        plugins: plugins.collect(),
        rejected: rejected.collect(),
        dirs: catalog.dirs.iter().map(|(dir, _)| dir.clone()).collect(),
    }
}

/// Returns Redis' commands over the cache, for the doors that speak them.
pub(super) fn commands(config: &Config, calls: CacheCalls) -> Engine {
    let bytes = usize::try_from(config.redis.request_max).unwrap_or(usize::MAX);
    let options = Options {
        port: config.listen.redis.port(),
        clients_max: config.redis.connections,
        idle_timeout: config.redis.idle_timeout,
        bulk_bytes_max: bytes,
        queue_bytes_max: bytes,
        slower_than: config.redis.slower_than,
    };
    Engine::new(calls, Access::new(config.auth.token.as_ref()), options)
}
