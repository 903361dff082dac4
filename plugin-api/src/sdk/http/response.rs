//! An answer, and what its status means to whoever delivers.

use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::abi::HttpReplyView;
use crate::sdk::{ErrorKind, ProviderError};

/// Most characters of a body that go into an error: enough for any vendor's message, too few to flood a log.
const EXCERPT_CHARS_MAX: usize = 300;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status, from 100 to 999.
    pub status: u16,
    /// Lines `name: value`; names in lower case.
    headers: String,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Response {
    /// Returns an answer: for tests.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|(name, value)| format!("{}: {value}\n", name.to_lowercase())).collect();
        Self { status, headers, body: body.into() }
    }

    pub(super) fn read(reply: HttpReplyView) -> Result<Self, ProviderError> {
        let impossible = || ProviderError::internal("the host's answer claims an impossible length");
        let headers = reply.headers.text().ok_or_else(impossible)?.into_owned();
        if reply.body.bytes().is_none() {
            return Err(impossible());
        }
        Ok(Self { status: reply.status, headers, body: reply.body.into() })
    }

    /// Returns a header's first value, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// `internal`, with the beginning of the body, where it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let text = self.excerpt();
            ProviderError::internal(format!("the answer ({}) can't be read: {error}: {text}", self.status))
        })
    }

    /// Returns the answer with three dots for each `secret` in its body: some vendors repeat the key they refuse, and
    /// what they say goes into logs. An empty secret is none.
    #[must_use]
    pub fn without(mut self, secret: &str) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        if !secret.is_empty() && text.contains(secret) {
            self.body = text.replace(secret, "…").into();
        }
        self
    }

    /// Returns how long the backend asked to wait: `Retry-After` in seconds. A date is not read, because vendors send
    /// seconds and the two clocks may differ.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header("retry-after")?.trim().parse::<f64>().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// Returns the beginning of the body for people: [`excerpt`].
    pub fn excerpt(&self) -> String {
        excerpt(&self.body)
    }

    /// Returns the answer where the status says success, else the error that the status means to most vendors:
    ///
    /// | status | kind | the host then |
    /// | --- | --- | --- |
    /// | 429 | `overloaded` | waits as `Retry-After` says |
    /// | 408, 425, 500, 503, other 5xx | `unavailable` | tries again later |
    /// | 502, 504 | `timeout` | does what `on-ambiguous` says: a gateway lost the answer |
    /// | 400, 411, 413, 414, 415, 422, 431 | `invalid` | looks for the record at fault |
    /// | 401, 402, 403, 404, 3xx and the rest | `refused` | keeps everything until someone mends it |
    ///
    /// A vendor that means something else by a status is handled before this is asked.
    ///
    /// # Errors
    /// As the table says, with the beginning of the body.
    pub fn success(self) -> Result<Self, ProviderError> {
        let kind = match self.status {
            200..=299 => return Ok(self),
            429 => ErrorKind::Overloaded,
            502 | 504 => ErrorKind::Timeout,
            408 | 425 | 500..=599 => ErrorKind::Unavailable,
            400 | 411 | 413 | 414 | 415 | 422 | 431 => ErrorKind::Invalid,
            _ => ErrorKind::Refused,
        };
        Err(self.error(kind))
    }

    /// Returns an error of this kind with status, beginning of the body, and the wait that was asked for.
    pub fn error(&self, kind: ErrorKind) -> ProviderError {
        let excerpt = self.excerpt();
        let says = if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") };
        let mut error = ProviderError::new(kind, format!("answered {}{says}", self.status));
        error.retry_after = self.retry_after();
        error
    }
}

/// Returns the beginning of a vendor's text, fit for a log line: at most 300 characters, without control characters.
pub fn excerpt(body: &[u8]) -> String {
    // Four bytes a character at most, so what lies further can't be shown.
    let head = body.get(..EXCERPT_CHARS_MAX * 4).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    let plain = text.trim().chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut shown: String = plain.clone().take(EXCERPT_CHARS_MAX).collect();
    if head.len() < body.len() || plain.count() > EXCERPT_CHARS_MAX {
        shown.push('…');
    }
    shown
}

/// Returns the first value under `name` among header lines.
pub(super) fn find<'h>(lines: &'h str, name: &str) -> Option<&'h str> {
    lines.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}
