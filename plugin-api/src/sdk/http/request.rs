//! A request, built part by part.

use std::{fmt, fmt::Write, time::Duration};

use bytes::Bytes;
use serde::Serialize;

use crate::abi::{HttpRequestView, RSlice, http::COMPRESS};
use crate::sdk::ProviderError;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Returns the name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request. `Debug` shows neither URL nor headers nor body: each may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    url: String,
    /// Lines as they cross.
    headers: String,
    body: Bytes,
    timeout: Option<Duration>,
    compress: bool,
}

impl Request {
    /// Returns a request without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        let url = url.into();
        Self { method, url, headers: String::new(), body: Bytes::new(), timeout: None, compress: false }
    }

    /// Returns a `GET`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// Returns a `POST`.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::Post, url)
    }

    /// Adds a header. A line break in either part can't become a header of its own: the host refuses the request.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl fmt::Display) -> Self {
        // Neither part may end the line early: an escape that no header admits stands for the break.
        let value = value.to_string().replace('\n', "\0");
        let _ = writeln!(self.headers, "{}: {value}", name.replace('\n', "\0"));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to the value's JSON, and the content type.
    ///
    /// # Errors
    /// `invalid` where the value has no JSON form, such as a map whose keys are no texts.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, ProviderError> {
        let body = serde_json::to_vec(value)
            .map_err(|error| ProviderError::invalid(format!("can't be written as JSON: {error}")))?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Has the host compress the body with gzip.
    #[must_use]
    pub const fn compressed(mut self) -> Self {
        self.compress = true;
        self
    }

    /// Sets the time until the last byte of the answer, such as the rest of [`Call::budget`](super::super::Call).
    #[must_use]
    pub const fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns the method: for tests.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns the URL: for tests.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a header's first value, by its name in any case: for tests.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        super::response::find(&self.headers, name)
    }

    /// Returns the body: for tests.
    pub const fn body_bytes(&self) -> &Bytes {
        &self.body
    }

    /// Splits off the body, which crosses as it is.
    pub(super) fn into_parts(self) -> (Parts, Bytes) {
        let Self { method, url, headers, body, timeout, compress } = self;
        (Parts { method, url, headers, timeout, compress }, body)
    }
}

/// All but the body.
pub(super) struct Parts {
    method: Method,
    url: String,
    headers: String,
    timeout: Option<Duration>,
    compress: bool,
}

impl Parts {
    pub(super) fn view(&self, instance: u64) -> HttpRequestView<'_> {
        let timeout = self.timeout.map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1));
        HttpRequestView {
            instance,
            timeout_us: timeout,
            flags: if self.compress { COMPRESS } else { 0 },
            reserved_flags: 0,
            method: RSlice::from_slice(self.method.as_str().as_bytes()),
            url: RSlice::from_slice(self.url.as_bytes()),
            headers: RSlice::from_slice(self.headers.as_bytes()),
            reserved: [0; 4],
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {} bytes)", self.method.as_str(), self.body.len())
    }
}
