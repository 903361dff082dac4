//! Starts a provider: load, attach, validate, start, health, all under one time limit.
//!
//! Each start has its own thread: a plugin that blocks in start blocks that thread only, and is reported by step.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use outrigger_plugin_api::{
    abi::{InstanceView, LifeBox, PluginRoot_Ref, RResult, RSlice, wire},
    manifest::Kind,
    sdk::{Call, ProviderError},
};
use tokio::sync::oneshot;

use super::{
    Api, Found, Generation, LoadError, Provider,
    load::{Loaded, load},
    services, skew, with_skew,
};
use crate::{
    call::finish,
    clock,
    config::{ProviderConfig, Trust},
    crash::{Crumb, Op},
    observe,
    outbound::{Access, Client, Egress},
};

/// What of the host every provider needs.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The private folder of checked copies.
    pub(crate) store: PathBuf,
    /// Which plugins may be loaded.
    pub(crate) trust: Arc<Trust>,
    /// The HTTP client for plugins; `None` where it could not be made, and the host has said so.
    pub(crate) client: Option<Arc<Client>>,
}

/// The steps of a start, for the message of one that hangs.
const STEPS: [&str; 5] = ["load", "attach", "validate", "start", "health"];

/// How many threads a plugin's own runtime may have. One serves thousands of waiting calls; a plugin that computes
/// much can ask its author for more, but ten plugins must not have ten times the machine's cores.
const WORKERS: u32 = 1;

static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// Loads and starts one provider and asks it for its health, within `start-timeout` in all.
///
/// The one timer here is the only judge: the plugin is told no budget of its own, so that a start or a health probe
/// that hangs always ends as [`LoadError::StartTimeout`] and never, by chance, as the plugin's own time-out.
///
/// # Errors
/// The station that refused it and why.
pub(crate) async fn start(config: ProviderConfig, found: Found, world: World) -> Result<Provider, LoadError> {
    let (began, limit) = (clock::now(), config.start_timeout);
    let (mut report, result) = oneshot::channel();
    let step = Arc::new(AtomicUsize::new(0));
    let (runtime, shown) = (tokio::runtime::Handle::current(), step.clone());
    let body = async move {
        let started = tokio::select! {
            started = steps(&config, &found, &world, &shown) => started,
            // Nobody waits any more: dropping the start aborts it and ends the thread, unless the plugin blocks it.
            () = report.closed() => return,
        };
        let _ = report.send(started);
    };
    let thread = std::thread::Builder::new().name("plugin-start".into()).spawn(move || runtime.block_on(body));
    if let Err(error) = thread {
        return Err(failed(Duration::ZERO, ProviderError::internal(format!("can't start a thread: {error}"))));
    }
    let step = move || STEPS.get(step.load(Ordering::Relaxed)).copied().unwrap_or("start");
    match tokio::time::timeout(limit, result).await {
        Err(_) => Err(LoadError::StartTimeout { limit_ms: limit.as_millis(), step: step() }),
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            let error = ProviderError::internal("the starting thread ended without an answer");
            Err(failed(clock::since(began), error))
        }
    }
}

/// A provider that has started: its tables.
struct Ready {
    life: LifeBox,
    api: Api,
}

async fn steps(
    config: &ProviderConfig,
    found: &Found,
    world: &World,
    step: &AtomicUsize,
) -> Result<Provider, LoadError> {
    let at = |number| step.store(number, Ordering::Relaxed);
    let crumb = Crumb::of(&config.name);
    let Loaded { root, manifest, sha256, trust } = load(found, config, world)?;
    let skew = skew(&manifest.api);
    let failed = |after, error| failed(after, with_skew(error, skew.as_deref()));
    at(1);
    crumb
        .calls(Op::Attach, || crossed(root.attach()(services::table(), observe::plugin_level())))
        .map_err(|error| failed(Duration::ZERO, error))?;
    at(2);
    let egress = Egress::of(&manifest.settings, &config.settings);
    let access = world.client.as_ref().map(|client| Access::new(client.clone(), egress));
    let instance = services::register(config, access);
    let settings = config.settings.to_string();
    let view = InstanceView {
        instance,
        kind: config.kind.code(),
        flags: 0,
        workers: WORKERS,
        name: RSlice::from_slice(config.name.as_bytes()),
        settings: RSlice::from_slice(settings.as_bytes()),
        reserved: [0; 4],
    };
    crumb
        .calls(Op::Validate, || crossed(root.validate()(&view)))
        .map_err(|error| LoadError::Settings(error.message))?;
    at(3);
    let began = clock::now();
    let Ready { life, api } = make(root, config, &view).await.map_err(|error| failed(clock::since(began), error))?;
    let provider = Provider {
        name: config.name.clone(),
        kind: config.kind,
        generation: Generation(GENERATIONS.fetch_add(1, Ordering::Relaxed)),
        manifest,
        file: found.file.clone(),
        sha256,
        trust,
        api,
        life,
        registered: services::Registered::of(instance),
    };
    at(4);
    let health = provider.health(Call::unbounded()).await;
    health.map_err(|error| LoadError::Unhealthy(error.to_string()))?;
    Ok(provider)
}

async fn make(root: PluginRoot_Ref, config: &ProviderConfig, view: &InstanceView<'_>) -> Result<Ready, ProviderError> {
    let mark = Crumb::of(&config.name).op(Op::Start);
    let _flight = mark.flies();
    match config.kind {
        Kind::Cache => {
            let built = finish(mark, None, mark.during(|| root.new_cache()(view))).await?;
            Ok(Ready { life: built.life, api: Api::Cache(built.cache) })
        }
        Kind::Monitoring | Kind::Analytics => {
            let built = finish(mark, None, mark.during(|| root.new_sink()(view))).await?;
            Ok(Ready { life: built.life, api: Api::Sink(built.sink) })
        }
    }
}

fn failed(after: Duration, error: ProviderError) -> LoadError {
    LoadError::StartFailed { after_ms: after.as_millis(), error }
}

fn crossed(result: outrigger_plugin_api::abi::Res<()>) -> Result<(), ProviderError> {
    match result {
        RResult::ROk(()) => Ok(()),
        RResult::RErr(error) => Err(wire::decode_error(&error)),
    }
}
