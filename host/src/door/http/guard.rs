//! What every request passes before its route: the token, the page guard, the time limit.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{Options, Problem};
use crate::access::Access;

/// What the guard compares with.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    access: Access,
    request_timeout: Duration,
}

impl Guard {
    pub(super) fn new(options: &Options) -> Self {
        let access = Access::new(options.token.as_ref());
        Self { access, request_timeout: options.request_timeout }
    }
}

/// Lets a request through to its route, within its time.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if let Err(problem) = guard.access.admit(request.headers()) {
        return problem.into_response();
    }
    match tokio::time::timeout(guard.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("the request took longer than {} ms", guard.request_timeout.as_millis());
            Problem::new(StatusCode::REQUEST_TIMEOUT, "http.request_timeout", detail).into_response()
        }
    }
}
