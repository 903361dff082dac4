//! What every request passes before its route: the token, the page guard, the bound of its body, the time limit.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::{Options, Problem};
use crate::access::Access;

/// What requests are held against.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    access: Access,
    body_bytes_max: u64,
    request_timeout: Duration,
}

impl Guard {
    pub(super) fn new(options: &Options) -> Self {
        let Options { token, body_bytes_max, request_timeout } = options;
        Self { access: Access::new(token.as_ref()), body_bytes_max: *body_bytes_max, request_timeout: *request_timeout }
    }

    /// Returns the most bytes of a body.
    pub(super) const fn body_bytes_max(&self) -> u64 {
        self.body_bytes_max
    }

    /// Lets a request through to its route, within its time.
    pub(super) async fn admit(&self, mut request: Request, next: Next) -> Response {
        if let Err(problem) = self.check(request.headers()) {
            return problem.into_response();
        }
        DefaultBodyLimit::max(usize::try_from(self.body_bytes_max).unwrap_or(usize::MAX)).apply(&mut request);
        self.in_time(next.run(request)).await
    }

    /// Lets a request pass by its headers.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        self.access.admit(headers)
    }

    /// Serves a request within its time.
    pub(super) async fn in_time(&self, served: impl Future<Output = Response>) -> Response {
        tokio::time::timeout(self.request_timeout, served).await.unwrap_or_else(|_| {
            let detail = format!("the request took longer than {} ms", self.request_timeout.as_millis());
            Problem::new(StatusCode::REQUEST_TIMEOUT, "http.request_timeout", detail).into_response()
        })
    }
}
