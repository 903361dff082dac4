//! Follows each request from its first station to its answer: its id stands in every log line on the way, and it is
//! counted.
//!
//! Neither the path nor the query is logged: keys and query parameters are the app's data. The route's template says
//! which path it was.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tracing::{Instrument, debug, info_span};
use uuid::Uuid;

use super::guard::Guard;
use crate::{clock, observe::requests, problem::Code};

/// The header that names a request in answers and logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id taken from a client.
const REQUEST_ID_BYTES_MAX: usize = 64;
/// What stands in the place of a template where no route has the path.
const NO_ROUTE: &str = "none";

/// Serves a request of the router.
///
/// Calls the guard by itself: each layer of its own would clone the routes behind it and box its future, for every
/// request.
pub(super) async fn follow(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (id, method) = (request_id(request.headers()), request.method().clone());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    followed(route, method, id, guard.admit(request, next)).await
}

/// Serves a request inside a span of its own and says how it was answered.
pub(super) async fn followed(
    route: &str,
    method: Method,
    id: HeaderValue,
    served: impl Future<Output = Response>,
) -> Response {
    let began = clock::now();
    let span = info_span!("request", request_id = id.to_str().unwrap_or_default(), method = method.as_str(), route);
    let answered = async {
        let mut response = served.await;
        let (took, status) = (clock::since(began), response.status().as_u16());
        requests::count(route, method.as_str(), status, took);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // At debug: one line a request would be most of the log. Lines of warnings carry the id by the span.
        match response.extensions().get::<Code>() {
            Some(Code(code)) => debug!(status, took_us, code, "answered with a problem"),
            None => debug!(status, took_us, "answered"),
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    };
    answered.instrument(span).await
}

/// Returns the client's request id where it is sane, else a new one.
pub(super) fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        !bytes.is_empty() && bytes.len() <= REQUEST_ID_BYTES_MAX && bytes.iter().all(u8::is_ascii_graphic)
    };
    let given = headers.get(REQUEST_ID).filter(sane).cloned();
    given.unwrap_or_else(|| {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("unknown"))
    })
}
