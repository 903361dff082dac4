//! Turns errors into RFC 9457 problem documents with our stable codes.

use std::time::Duration;

use axum::{
    extract::rejection::{BytesRejection, QueryRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use outrigger_plugin_api::sdk::ErrorKind;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fault::Fault;
use crate::call::CallError;

/// A problem's code beside its answer, for the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code(pub(super) &'static str);

/// A problem document.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// Always `about:blank`: the code tells the sort.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What happened, for people.
    detail: String,
    /// The stable code, the same in CLI, logs and metrics.
    code: &'static str,
    /// Milliseconds until a retry makes sense, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    /// More members, such as the report of an event.
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl Problem {
    /// Returns a problem.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let (status, detail) = (status.as_u16(), detail.into());
        Self { r#type: "about:blank", title, status, detail, code, retry_after_ms: None, more: Map::new() }
    }

    /// Returns the problem of a request that makes no sense.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "http.invalid", detail)
    }

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

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// Adds the wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after_ms = wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.extensions_mut().insert(Code(self.code));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Whole seconds, rounded up: the header knows no smaller unit (RFC 9110 §10.2.3).
        if let Some(wait) = self.retry_after_ms {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.div_ceil(1_000)));
        }
        response
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let status = match &error {
            CallError::Provider { error, .. } => match error.kind {
                ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                ErrorKind::Overloaded => StatusCode::TOO_MANY_REQUESTS,
                ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
                _ => StatusCode::BAD_GATEWAY,
            },
            CallError::Unsupported { .. } | CallError::NobodyAnswers { .. } => StatusCode::NOT_IMPLEMENTED,
            CallError::Deadline { .. } => StatusCode::GATEWAY_TIMEOUT,
            CallError::Overloaded { .. } => StatusCode::TOO_MANY_REQUESTS,
            CallError::BreakerOpen { .. } | CallError::NotRunning { .. } => StatusCode::SERVICE_UNAVAILABLE,
            CallError::Journal { code: "journal.overloaded", .. } => StatusCode::TOO_MANY_REQUESTS,
            CallError::Journal { code: "journal.record_too_large", .. } => StatusCode::PAYLOAD_TOO_LARGE,
            CallError::Journal { .. } => StatusCode::SERVICE_UNAVAILABLE,
            CallError::NoProvider { .. } => StatusCode::NOT_FOUND,
            CallError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.code(), error.to_string()).retry_after(error.retry_after())
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
