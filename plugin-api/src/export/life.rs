//! Health, flush and shutdown across the seam, the same for every kind.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use serde::de::DeserializeOwned;

use super::{
    drive::{Place, pending},
    guard::{guard, panicked},
    instance::{Instance, Spec, read},
};
use crate::abi::{Blob, CallView, HealthView, InstanceView, Life, Life_TO, LifeBox, Outcome, wire};
use crate::sdk::{Call, Health, Host, ProviderError, RunOn};

/// What both author traits have, so that one table serves them.
pub(crate) trait Living: Send + Sync + Sized + 'static {
    const RUN_ON: RunOn;
    fn health(&self, call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send;
    fn flush(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send;
    fn shutdown(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send;
}

pub(crate) struct LifeGlue<L>(pub(crate) Arc<Instance<L>>);

impl<L: Living> LifeGlue<L> {
    pub(crate) fn boxed(instance: Arc<Instance<L>>) -> LifeBox {
        Life_TO::from_value(Self(instance), abi_stable::sabi_trait::TD_Opaque)
    }
}

impl<T> Instance<T> {
    pub(crate) const fn place(&self, run_on: RunOn) -> Place {
        Place { run_on, instance: self.number(), workers: self.workers }
    }
}

/// Starts the provider that the host describes, the same way for every kind: `start` makes the author's value, `build`
/// the tables over it.
pub(crate) fn begin<S, L, B, F>(
    view: &InstanceView<'_>,
    start: impl FnOnce(S, Host) -> F + Send + 'static,
    build: fn(Arc<Instance<L>>) -> B,
) -> Outcome<B>
where
    S: DeserializeOwned + Send + 'static,
    L: Living,
    B: Send + 'static,
    F: Future<Output = Result<L, ProviderError>> + Send,
{
    let Spec { registered, settings, host } = match guard(|| read::<S>(view)) {
        Ok(spec) => spec,
        Err(error) => return refused(error),
    };
    let workers = host.workers();
    entry(|| {
        pending(Place { run_on: L::RUN_ON, instance: registered.number(), workers }, async move {
            Ok(build(Instance::new(start(settings, host).await?, registered, workers)))
        })
    })
}

/// Runs the synchronous beginning of a call under the guard; a panic there is a ready error.
///
/// Not made of [`guard`](super::guard::guard): a `Result<Outcome<_>, ProviderError>` shares bytes between its two
/// sides that are then copied in pieces, which cost a cache hit 20 ns (measured 2026-11-23).
#[inline]
pub(crate) fn entry<T>(body: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(outcome) => outcome,
        Err(payload) => refused(panicked(payload)),
    }
}

/// Returns an error as the ready outcome.
#[cold]
pub(crate) fn refused<T>(error: ProviderError) -> Outcome<T> {
    Outcome::error(wire::encode_error(error))
}

impl<L: Living> Life for LifeGlue<L> {
    fn health(&self, call: &CallView) -> Outcome<HealthView> {
        let (instance, call) = (self.0.clone(), Call::from(call));
        entry(|| pending(self.0.place(L::RUN_ON), async move { instance.health(call).await.map(encode_health) }))
    }

    fn flush(&self, call: &CallView) -> Outcome<()> {
        let (instance, call) = (self.0.clone(), Call::from(call));
        entry(|| pending(self.0.place(L::RUN_ON), async move { instance.flush(call).await }))
    }

    fn shutdown(&self, call: &CallView) -> Outcome<()> {
        let (instance, call) = (self.0.clone(), Call::from(call));
        entry(|| pending(self.0.place(L::RUN_ON), async move { instance.shutdown(call).await }))
    }
}

fn encode_health(health: Health) -> HealthView {
    let (state, message) = match health {
        Health::Serving => (0, Blob::empty()),
        Health::Degraded(why) => (1, why.into()),
    };
    HealthView { state, message, reserved: [0; 2] }
}
