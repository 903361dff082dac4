//! Reports panics, 5xx answers and request timing of a tower service, such as an axum app.

mod report;

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use tower::{Layer, Service};

pub use report::Reporter;

use super::Monitoring;
use crate::clock;
use report::{Served, Watch};

/// Wraps a service so that monitoring hears of its requests. Reports never delay an answer: they go out in tasks of
/// their own, at most `PENDING_MAX` (1024) at once; beyond that they are dropped and counted.
///
/// ```no_run
/// # async fn example(host: outrigger::Host) -> Result<(), Box<dyn std::error::Error>> {
/// let app: axum::Router = axum::Router::new().layer(outrigger::monitoring::MonitoringLayer::new(host.monitoring()?));
/// # drop(app); Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MonitoringLayer<R = Monitoring> {
    watch: Watch<R>,
}

impl<R: Reporter> MonitoringLayer<R> {
    /// Returns the layer that reports to `reporter`.
    pub fn new(reporter: R) -> Self {
        Self { watch: Watch::new(reporter) }
    }

    /// Returns how many reports were dropped because too many were on their way.
    pub fn dropped(&self) -> u64 {
        self.watch.dropped()
    }
}

impl<S, R: Reporter> Layer<S> for MonitoringLayer<R> {
    type Service = MonitoringService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        MonitoringService { inner, watch: self.watch.clone() }
    }
}

/// The wrapped service.
#[derive(Debug, Clone)]
pub struct MonitoringService<S, R = Monitoring> {
    inner: S,
    watch: Watch<R>,
}

impl<S, R, B, A> Service<Request<B>> for MonitoringService<S, R>
where
    S: Service<Request<B>, Response = Response<A>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    A: Default + Send + 'static,
    R: Reporter,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (served, watch) = (Served::of(&request, clock::unix_ms()), self.watch.clone());
        let began = clock::now();
        // The service may panic before its future exists.
        let future = std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(request)));
        Box::pin(async move {
            let answered = match future {
                Ok(future) => AssertUnwindSafe(future).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            let took = clock::since(began);
            match answered {
                Ok(Ok(response)) => {
                    watch.answered(served, response.status(), took);
                    Ok(response)
                }
                Ok(Err(error)) => {
                    watch.answered(served, StatusCode::INTERNAL_SERVER_ERROR, took);
                    Err(error)
                }
                Err(panic) => {
                    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
                    watch.panicked(served, &text.unwrap_or_else(|| "a panic without text".into()), took);
                    let mut response = Response::new(A::default());
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    Ok(response)
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
