//! What every request passes before its route: the token, the page guard, the bound of its body, the time limit.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{Options, Problem};
use crate::access::Access;

/// What requests are held against.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    access: Access,
    body_limit: DefaultBodyLimit,
    request_timeout: Duration,
}

impl Guard {
    pub(super) fn new(options: &Options) -> Self {
        let access = Access::new(options.token.as_ref());
        let body_limit = DefaultBodyLimit::max(usize::try_from(options.body_bytes_max).unwrap_or(usize::MAX));
        Self { access, body_limit, request_timeout: options.request_timeout }
    }

    /// Lets a request through to its route, within its time.
    pub(super) async fn admit(&self, mut request: Request, next: Next) -> Response {
        if let Err(problem) = self.access.admit(request.headers()) {
            return problem.into_response();
        }
        self.body_limit.apply(&mut request);
        match tokio::time::timeout(self.request_timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let detail = format!("the request took longer than {} ms", self.request_timeout.as_millis());
                Problem::new(StatusCode::REQUEST_TIMEOUT, "http.request_timeout", detail).into_response()
            }
        }
    }
}
