//! Problem documents (RFC 9457) with our stable codes: what errors are on every HTTP listener.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use outrigger_plugin_api::sdk::ErrorKind;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::CallError;

/// A problem's code beside its answer, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

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
