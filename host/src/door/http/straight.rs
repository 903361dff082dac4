//! Serves posts of analytics events by themselves, ahead of the router: where speed counts, nearly every request is one.
//!
//! The router looks a path up among sixty, boxes what serves it, and hands the parts of a request around by their types; all
//! that took 6 % of a single event's time (2026-11-29). What is not the plain case – a query, another method, a body of
//! unknown or forbidden length – goes through the router, to the same handlers behind the same guard.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    response::{IntoResponse, Response},
};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

use super::{
    Problem,
    accepted::Wait,
    analytics::{self, Posted},
    follow::{followed, request_id},
    guard::Guard,
    idempotency::Key,
};
use crate::host::Host;

/// The door's routes behind its guards. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    host: Host,
    guard: Guard,
    routes: Router,
}

impl App {
    /// Returns the app of these routes, which follow and guard their requests themselves.
    pub(super) fn new(host: Host, guard: Guard, routes: Router) -> Self {
        Self(Arc::new(Inner { host, guard, routes }))
    }
}

/// Returns what is posted to a path, where that is events. Such a path is the template of its route, too.
fn posted(path: &str) -> Option<Posted> {
    Some(match path.strip_prefix("/v1/analytics/")? {
        "track" => Posted::One("track"),
        "identify" => Posted::One("identify"),
        "page" => Posted::One("page"),
        "screen" => Posted::One("screen"),
        "group" => Posted::One("group"),
        "alias" => Posted::One("alias"),
        "batch" => Posted::Batch,
        _ => return None,
    })
}

impl<B> Service<Request<B>> for App
where
    B: HttpBody<Data = Bytes, Error: Into<axum::BoxError> + std::fmt::Display> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fits = request.body().size_hint().exact().is_some_and(|bytes| bytes <= self.0.guard.body_bytes_max());
        let plain = fits && *request.method() == Method::POST && request.uri().query().is_none();
        match posted(request.uri().path()).filter(|_| plain) {
            Some(posted) => {
                let inner = self.0.clone();
                Box::pin(async move { Ok(inner.serve(posted, request).await) })
            }
            None => Box::pin(self.0.routes.clone().oneshot(request.map(Body::new))),
        }
    }
}

impl Inner {
    async fn serve<B>(&self, posted: Posted, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: std::fmt::Display>,
    {
        let (head, body) = request.into_parts();
        let id = request_id(&head.headers);
        let served = async {
            if let Err(problem) = self.guard.check(&head.headers) {
                return problem.into_response();
            }
            let answered = async {
                let unreadable =
                    |error| Problem::new(StatusCode::BAD_REQUEST, "http.body_unreadable", format!("the body: {error}"));
                let body = body.collect().await.map_err(unreadable)?.to_bytes();
                analytics::post(&self.host, posted, Key::of(&head.headers), Wait::default(), &body).await
            };
            self.guard.in_time(async { answered.await.into_response() }).await
        };
        followed(head.uri.path(), Method::POST, id, served).await
    }
}

#[cfg(test)]
mod tests;
