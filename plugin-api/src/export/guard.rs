//! Turns panics into errors before they reach the seam.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use crate::sdk::{ErrorKind, ProviderError};

/// Runs `body`; a panic becomes an error with its text.
///
/// Unwind safety: what `body` touched may be half changed. The host counts panics and can replace the provider;
/// an answer that says `panicked` is no worse than one from any failed call.
pub(crate) fn guard<T>(body: impl FnOnce() -> Result<T, ProviderError>) -> Result<T, ProviderError> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(panicked(payload)))
}

/// Drops a value whose destructor may panic.
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        tracing::error!(panic = panic_text(&*payload), "a destructor panicked");
        forget_payload(payload);
    }
}

/// Returns the error for a panic's payload.
pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> ProviderError {
    let error = ProviderError::new(ErrorKind::Panicked, panic_text(&*payload));
    forget_payload(payload);
    error
}

/// A payload is any type, so its own destructor may panic too: leak one that is no plain text.
fn forget_payload(payload: Box<dyn Any + Send>) {
    if !payload.is::<&'static str>() && !payload.is::<String>() {
        std::mem::forget(payload);
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without text").to_owned()
}

/// A future whose poll and drop are guarded. `None` once it ended.
pub(crate) struct Guarded<F>(Option<Pin<Box<F>>>);

impl<F> Guarded<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<T, F: Future<Output = Result<T, ProviderError>>> Future for Guarded<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = self.0.as_mut() else {
            return Poll::Ready(Err(ProviderError::internal("polled after its end")));
        };
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        let ended = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => result,
            Err(payload) => Err(panicked(payload)),
        };
        drop_quietly(self.0.take());
        Poll::Ready(ended)
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        drop_quietly(self.0.take());
    }
}
