//! The HTTP JSON door: cache, monitoring and analytics over plain HTTP.
//!
//! docs/doors/http.md describes every route; `/openapi.json` describes them to programs.

mod accepted;
mod analytics;
mod answer;
mod batch;
mod cache;
mod content_type;
mod delivery;
mod entry;
mod fault;
mod follow;
mod guard;
mod idempotency;
mod input;
mod monitoring;
mod openapi;
mod question;
mod reply;
mod routes;
mod straight;

use std::time::Duration;

use axum::{Router, middleware};

pub use crate::problem::Problem;
pub use openapi::document as openapi;
pub use straight::App;

use crate::{config::Secret, host::Host};

/// What the door is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The token every request must carry, where one is set.
    pub token: Option<Secret>,
    /// Most bytes of a body.
    pub body_bytes_max: u64,
    /// Longest time of one request.
    pub request_timeout: Duration,
}

/// Returns the door's routes behind its guards.
pub fn app(host: Host, options: &Options) -> App {
    app_beside(host, options, Router::new())
}

/// As [`app`], with the routes of another API behind the same guards. Where both have a path, this door's counts.
pub fn app_beside(host: Host, options: &Options, others: Router<Host>) -> App {
    let guard = guard::Guard::new(options);
    let routes = routes::all().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    let routes = routes
        .merge(others)
        .fallback(reply::no_such_route)
        .method_not_allowed_fallback(reply::wrong_method)
        .with_state(host.clone())
        .layer(middleware::from_fn_with_state(guard.clone(), follow::follow));
    App::new(host, guard, routes)
}

#[cfg(test)]
mod tests;
