//! Makes a pending outcome of an async body: polled in place, or spawned on the plugin's own runtime.

use std::{
    future::Future,
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use async_ffi::FutureExt;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use super::{
    guard::{Guarded, panicked},
    instance::InInstance,
};
use crate::abi::{AbiError, Outcome, RResult, wire};
use crate::sdk::{ProviderError, RunOn};

/// Where and for whom a body runs.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) run_on: RunOn,
    pub(crate) instance: u64,
    pub(crate) workers: usize,
}

/// Returns the body as a pending outcome. Nothing of it runs before the first poll; dropping it aborts it.
pub(crate) fn pending<T: Send + 'static>(
    place: Place,
    body: impl Future<Output = Result<T, ProviderError>> + Send + 'static,
) -> Outcome<T> {
    let body = InInstance::new(place.instance, body);
    let crossing = |result: Result<T, ProviderError>| match result {
        Ok(value) => RResult::ROk(value),
        Err(error) => RResult::<T, AbiError>::RErr(wire::encode_error(error)),
    };
    Outcome::Pending(match place.run_on {
        RunOn::Caller => {
            let guarded = Guarded::new(body);
            async move { crossing(guarded.await) }.into_ffi()
        }
        RunOn::OwnRuntime => {
            let guarded = Guarded::new(Spawned { body: Some(body), handle: None, workers: place.workers });
            async move { crossing(guarded.await) }.into_ffi()
        }
    })
}

/// A body that is spawned on the first poll and aborted on drop.
struct Spawned<F, T> {
    body: Option<F>,
    handle: Option<JoinHandle<Result<T, ProviderError>>>,
    workers: usize,
}

impl<F: Unpin, T> Unpin for Spawned<F, T> {}

impl<F, T> Future for Spawned<F, T>
where
    F: Future<Output = Result<T, ProviderError>> + Send + Unpin + 'static,
    T: Send + 'static,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(body) = self.body.take() {
            match runtime(self.workers) {
                Ok(runtime) => self.handle = Some(runtime.spawn(body)),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        let Some(handle) = self.handle.as_mut() else {
            return Poll::Ready(Err(ProviderError::internal("polled after its end")));
        };
        let joined = std::task::ready!(Pin::new(handle).poll(context));
        self.handle = None;
        Poll::Ready(joined.unwrap_or_else(|error| {
            let error = error.try_into_panic().map_or_else(|_| ProviderError::internal("aborted"), panicked);
            Err(error)
        }))
    }
}

impl<F, T> Drop for Spawned<F, T> {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            handle.abort();
        }
    }
}

/// Returns the plugin's own runtime, made at the first need and never ended: the library is never unloaded.
fn runtime(workers: usize) -> Result<&'static Runtime, ProviderError> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME
        .get_or_init(|| Builder::new_multi_thread().worker_threads(workers).thread_name("plugin").enable_all().build());
    made.as_ref().map_err(|error| ProviderError::internal(format!("can't start the plugin's runtime: {error}")))
}
