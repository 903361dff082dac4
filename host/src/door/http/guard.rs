//! What every request passes before its route: the token, the page guard, the time limit.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode};
use uuid::Uuid;

use super::{Options, Problem};
use crate::access::Access;

/// The header that names a request in answers and logs.
const REQUEST_ID: &str = "x-request-id";
/// Longest request id taken from a client.
const REQUEST_ID_BYTES_MAX: usize = 64;

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
    let id = request_id(request.headers());
    let mut response = match guard.access.admit(request.headers()) {
        Err(problem) => problem.into_response(),
        Ok(()) => match tokio::time::timeout(guard.request_timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let detail = format!("the request took longer than {} ms", guard.request_timeout.as_millis());
                Problem::new(StatusCode::REQUEST_TIMEOUT, "http.request_timeout", detail).into_response()
            }
        },
    };
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Returns the client's request id where it is sane, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        !bytes.is_empty() && bytes.len() <= REQUEST_ID_BYTES_MAX && bytes.iter().all(u8::is_ascii_graphic)
    };
    let given = headers.get(REQUEST_ID).filter(sane).cloned();
    given.unwrap_or_else(|| {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("unknown"))
    })
}
