//! What this door answers where a request can't be served, as problem documents.

use axum::extract::rejection::{BytesRejection, QueryRejection};
use http::StatusCode;
use serde_json::json;

use super::fault::Fault;
use crate::problem::Problem;

impl Problem {
    /// Returns the problem of a body with these faults; its detail is the first.
    pub(super) fn faulty(faults: Vec<Fault>) -> Self {
        let first = faults.first().map(|fault| match fault.pointer.as_str() {
            "" => fault.detail.clone(),
            pointer => format!("{pointer} {}", fault.detail),
        });
        Self::invalid(first.unwrap_or_default()).with_faults(&faults)
    }

    /// Adds the faults of the body as `errors`.
    #[must_use]
    pub(super) fn with_faults(self, faults: &[Fault]) -> Self {
        self.with("errors", faults.iter().map(|fault| json!(fault)).collect())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "http.body_too_large",
                "the body is larger than [limits] body allows",
            ),
            _ => Self::new(StatusCode::BAD_REQUEST, "http.body_unreadable", rejection.body_text()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

/// Answers a path that no route has.
pub(super) async fn no_such_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "http.no_such_route", "there is no such path; /openapi.json lists them all")
}

/// Answers a method that the path does not take.
pub(super) async fn wrong_method() -> Problem {
    let detail = "this path does not take that method; /openapi.json lists what it takes";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "http.method_not_allowed", detail)
}
