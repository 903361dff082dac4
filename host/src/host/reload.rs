//! Puts another configuration in force while the host serves: all of it, or nothing.
//!
//! What is new or changed is loaded, started and probed beside what runs; then one switch. A call in flight ends on the
//! provider on which it began; that one is then flushed, shut down and dropped, and its library stays mapped. Providers
//! that can't stand beside their successor ([`Manifest::exclusive`](outrigger_plugin_api::manifest::Manifest)) are
//! stopped first, and started again if anything fails.

mod exclusive;
mod plan;
mod report;
mod retire;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::future::join_all;
use outrigger_plugin_api::manifest::Kind;
use tokio::sync::Mutex;

use super::{DELIVERIES_GRACE_PART, Host, start};
use crate::{
    clock,
    config::Config,
    deliver::Change,
    plugin::{Catalog, Registry, Slot, State as Standing, World, libraries_mapped, start_slot},
};
use exclusive::Swapped;
use plan::Step;

pub use report::{Changes, ProviderChange, Refusal, ReloadError, ValueChange};

/// One reload at a time, and how many there were.
#[derive(Debug, Default)]
pub(super) struct State {
    turn: Mutex<Turn>,
    succeeded: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Turn {
    ended: bool,
}

impl State {
    /// Waits for a reload under way, and refuses later ones.
    pub(super) async fn end(&self) {
        self.turn.lock().await.ended = true;
    }
}

/// The slots of a registry that is not in force yet.
#[derive(Default)]
struct Coming {
    slots: Vec<Arc<Slot>>,
    /// Those among them that were started for it, beside what runs.
    fresh: Vec<Arc<Slot>>,
    /// Those whose predecessor was stopped for them.
    swapped: Vec<Swapped>,
    refusals: Vec<Refusal>,
}

impl Host {
    /// Puts a configuration in force that was checked against this catalog. Returns once it is; what it replaced is
    /// shut down meanwhile and afterwards.
    ///
    /// Dropping the future before it is done leaves the former configuration in force, but for providers that were
    /// stopped for their successor: run it to its end.
    ///
    /// # Errors
    /// [`ReloadError`]: the former configuration is in force as before. A retry helps after what it names has changed.
    pub async fn reload(&self, config: Config, catalog: Catalog) -> Result<Changes, ReloadError> {
        let turn = self.shared.reload.turn.lock().await;
        let done = if turn.ended { Err(ReloadError::Ending) } else { self.change(config, catalog).await };
        let State { succeeded, refused, .. } = &self.shared.reload;
        if done.is_ok() { succeeded } else { refused }.fetch_add(1, Ordering::Relaxed);
        done
    }

    /// Returns how many reloads were done, and how many refused.
    pub fn reloads(&self) -> (u64, u64) {
        let State { succeeded, refused, .. } = &self.shared.reload;
        (succeeded.load(Ordering::Relaxed), refused.load(Ordering::Relaxed))
    }

    /// Returns how many plugin libraries are mapped, and how many of them no running provider uses any more.
    pub fn libraries(&self) -> (usize, usize) {
        libraries(&self.registry())
    }

    async fn change(&self, config: Config, catalog: Catalog) -> Result<Changes, ReloadError> {
        let (former, registry) = (self.configured(), self.registry());
        let fixed = plan::fixed(&former.0, &config);
        if !fixed.is_empty() {
            return Err(ReloadError::NeedsRestart(fixed));
        }
        let steps = plan::steps(&registry, &config.providers).await;
        let spare = plan::spare(&registry, &steps, &self.shared.world.store);
        if spare.new > 0 && spare.replaced + spare.new > config.reload.libraries_max as usize {
            let (replaced, max) = (spare.replaced, config.reload.libraries_max);
            return Err(ReloadError::TooManyLibraries { replaced, max });
        }
        let changes = report::changes(&former.0, &config, &registry, &steps);
        let world = World { trust: Arc::new(config.trust.clone()), ..self.shared.world.clone() };
        let coming = self.start_all(steps, &catalog, &world).await;
        let lanes = if coming.refusals.is_empty() {
            self.lanes(&coming.slots, &config).await
        } else {
            Err(ReloadError::Providers(coming.refusals.clone()))
        };
        match lanes {
            Ok(lanes) => self.commit(coming.slots, lanes, config, catalog),
            Err(error) => {
                self.call_off(coming).await;
                return Err(error);
            }
        }
        Ok(changes)
    }

    /// Starts what has to be: at once what can stand beside what runs, then one by one what can't.
    async fn start_all(&self, steps: Vec<Step>, catalog: &Catalog, world: &World) -> Coming {
        let beside = steps.iter().filter_map(|step| match step {
            Step::Start { config, former, .. } if !exclusive::is(former.as_ref()) => Some(config),
            _ => None,
        });
        let started = join_all(beside.map(|config| start_slot(config.clone(), catalog, world))).await;
        let mut started = started.into_iter();
        let mut coming = Coming::default();
        let mut later = Vec::new();
        for step in steps {
            match step {
                Step::Keep(slot) => coming.slots.push(slot),
                Step::Bounds(slot, config) => coming.slots.push(plan::with_bounds(&slot, config)),
                Step::Start { config, former: Some(former), .. } if exclusive::is(Some(&former)) => {
                    later.push((coming.slots.len(), config, former.clone()));
                    // Its place, until it has started.
                    coming.slots.push(former);
                }
                Step::Start { tolerated, .. } => {
                    let Some(slot) = started.next() else { continue };
                    coming.take(slot, tolerated);
                }
            }
        }
        for (place, config, former) in later {
            if !coming.refusals.is_empty() {
                break;
            }
            match self.swap(former, config, catalog, world).await {
                Ok(swapped) => {
                    if let Some(slot) = coming.slots.get_mut(place) {
                        *slot = swapped.successor.clone();
                    }
                    coming.swapped.push(swapped);
                }
                Err(refusal) => coming.refusals.push(refusal),
            }
        }
        coming
    }

    /// Ends what was started for a configuration that does not come, and starts again what was stopped for it.
    async fn call_off(&self, coming: Coming) {
        for swapped in coming.swapped {
            self.swap_back(swapped).await;
        }
        let grace = self.configured().0.shutdown.grace;
        coming.fresh.into_iter().for_each(|slot| retire::now(slot, None, grace));
    }

    /// Makes ready what carries events to these slots: the last that can fail.
    async fn lanes(&self, slots: &[Arc<Slot>], config: &Config) -> Result<Option<Change>, ReloadError> {
        let sinks: Vec<_> = slots.iter().filter(|slot| slot.config.kind != Kind::Cache).cloned().collect();
        if let Ok(deliveries) = self.deliveries() {
            return Ok(Some(deliveries.prepare(&sinks).await?));
        }
        if sinks.is_empty() {
            return Ok(None);
        }
        // The first event provider of this host's life, or another try where the journal could not be used.
        let deliveries = start::deliveries(&config.journal, &Registry::new(sinks)).await;
        let deliveries = deliveries.map_err(|error| {
            let (code, message) = (error.code(), error.to_string());
            ReloadError::Deliveries { code, message }
        })?;
        self.shared.deliveries.store(Arc::new(Ok(deliveries)));
        Ok(None)
    }

    /// The switch.
    fn commit(&self, slots: Vec<Arc<Slot>>, lanes: Option<Change>, config: Config, catalog: Catalog) {
        let (grace, began) = (config.shutdown.grace, clock::now());
        self.shared.configured.store(Arc::new((config, catalog)));
        let replaced = self.shared.switch.put(Registry::new(slots));
        if let Some(lanes) = lanes {
            lanes.commit_until(began + grace.mul_f32(DELIVERIES_GRACE_PART));
        }
        let (deliveries, present) = (self.deliveries().ok(), self.registry());
        // Those that were stopped for their successor are no longer in it, and have ended.
        for slot in replaced.slots() {
            if !present.slots().iter().any(|other| retire::shares(slot, other)) {
                retire::now(slot.clone(), deliveries.clone(), grace);
            }
        }
    }
}

impl Coming {
    fn take(&mut self, slot: Arc<Slot>, tolerated: bool) {
        match slot.state() {
            Standing::Failed(failure) if !tolerated => {
                self.refusals.push(Refusal::new(&slot.config.name, failure));
            }
            _ => self.fresh.push(slot.clone()),
        }
        self.slots.push(slot);
    }
}

/// Returns how many libraries are mapped, and how many of them no running provider uses.
fn libraries(registry: &Registry) -> (usize, usize) {
    let mapped = libraries_mapped();
    (mapped, mapped.saturating_sub(plan::in_use(registry)))
}
