//! One request and its answer, within the client's bounds, with errors as providers understand them.

use std::{
    error::Error,
    io::Write,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, Method, header::CONTENT_ENCODING};
use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use reqwest::Url;
use tokio::runtime::Handle;

use super::{Client, Egress, address::Refused};

/// Bodies above this are compressed off the runtime's threads: gzip takes about a millisecond for so many bytes.
const COMPRESS_IN_PLACE_MAX: usize = 64 << 10;
/// Below this gzip's own head and tail eat what it saves.
const COMPRESS_MIN: usize = 512;

/// A request whose claims were checked for form.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) compress: bool,
    pub(crate) timeout: Option<Duration>,
}

/// An answer within the bound.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Sends a request where the provider may, and reads the whole answer.
pub(super) async fn exchange(client: &Client, egress: &Egress, ask: Ask) -> Result<Answer, ProviderError> {
    egress.check(&ask.url).map_err(|why| ProviderError::new(ErrorKind::Refused, why))?;
    let limit = ask.timeout.map_or(client.timeout, |asked| asked.min(client.timeout));
    let whole = async {
        let body = if ask.compress && ask.body.len() >= COMPRESS_MIN { Some(gzip(&ask.body).await?) } else { None };
        let mut request = client.http().request(ask.method, ask.url).headers(ask.headers);
        if body.is_some() {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        let response = request.body(body.unwrap_or(ask.body)).send().await.map_err(failed)?;
        read(response, client.response_max).await
    };
    tokio::time::timeout(limit, whole).await.unwrap_or_else(|_| {
        let text = format!("no complete answer within {} ms", limit.as_millis());
        Err(ProviderError::new(ErrorKind::Timeout, text))
    })
}

async fn read(mut response: reqwest::Response, bytes_max: usize) -> Result<Answer, ProviderError> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    while let Some(part) = response.chunk().await.map_err(failed)? {
        if body.len() + part.len() > bytes_max {
            let text = format!("the answer ({status}) is larger than `outbound.response-max`, {bytes_max} bytes");
            return Err(ProviderError::internal(text));
        }
        body.extend_from_slice(&part);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

/// Says what a failure means. The URL is left out: it may hold a secret.
fn failed(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let text = crate::observe::chain(&error);
    if let Some(refused) = cause::<Refused>(&error) {
        return ProviderError::new(ErrorKind::Refused, refused.0.clone());
    }
    let kind = match () {
        // No connection, so nothing was sent.
        () if error.is_connect() => ErrorKind::Unavailable,
        () if error.is_builder() => ErrorKind::Invalid,
        () if error.is_redirect() => ErrorKind::Refused,
        // From here on the request may have arrived.
        () => ErrorKind::Timeout,
    };
    ProviderError::new(kind, text)
}

/// Finds a cause of this type.
fn cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

async fn gzip(body: &Bytes) -> Result<Bytes, ProviderError> {
    let body = body.clone();
    let in_place = body.len() <= COMPRESS_IN_PLACE_MAX;
    let compress = move || {
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
        encoder.write_all(&body).and_then(|()| encoder.finish()).map(Bytes::from)
    };
    let compressed = match in_place {
        true => compress(),
        false => tokio::task::spawn_blocking(compress).await.unwrap_or_else(|error| Err(error.into())),
    };
    compressed.map_err(|error| ProviderError::internal(format!("the body can't be compressed: {error}")))
}

/// Polls and drops a future inside the host's runtime: a plugin does both on threads that know nothing of it.
pub(super) struct InRuntime<F> {
    runtime: Handle,
    /// Taken by the destructor only.
    body: Option<Pin<Box<F>>>,
}

impl<F> InRuntime<F> {
    pub(super) fn new(runtime: Handle, body: F) -> Self {
        Self { runtime, body: Some(Box::pin(body)) }
    }
}

impl<F: Future> Future for InRuntime<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let _entered = this.runtime.enter();
        match this.body.as_mut() {
            Some(body) => body.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for InRuntime<F> {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        drop(self.body.take());
    }
}
