//! The HTTP service: checks what a plugin claims of a request, and hands it to the host's client.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use outrigger_plugin_api::abi::async_ffi::FutureExt;
use outrigger_plugin_api::{
    abi::{Blob, HttpReplyView, HttpRequestView, Outcome, RResult, http::COMPRESS, wire},
    sdk::{ErrorKind, ProviderError},
};
use reqwest::Url;

use super::{INSTANCES, bytes};
use crate::outbound::{Access, Answer, Ask};

/// Most bytes of a URL: what common servers take.
const URL_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of all header lines: as above, with room for a large token.
const HEADERS_BYTES_MAX: usize = 64 * 1024;

/// Makes one request for a plugin. Called by foreign code on any thread; nothing is dialled before the first poll.
pub(super) extern "C" fn http(request: &HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView> {
    match prepared(request, body) {
        Ok((access, ask)) => {
            let sending = access.send(ask);
            let crossing = async move {
                match sending.await {
                    Ok(answer) => RResult::ROk(reply(answer)),
                    Err(error) => RResult::RErr(wire::encode_error(error)),
                }
            };
            Outcome::Pending(crossing.into_ffi())
        }
        Err(error) => Outcome::error(wire::encode_error(error)),
    }
}

fn prepared(request: &HttpRequestView<'_>, body: Blob) -> Result<(Arc<Access>, Ask), ProviderError> {
    let known = INSTANCES.read().get(&request.instance).cloned();
    let Some(access) = known.and_then(|instance| instance.access.clone()) else {
        return Err(ProviderError::new(ErrorKind::Refused, "no provider of this host has the number the plugin names"));
    };
    if body.bytes().is_none() {
        return Err(ProviderError::invalid("the body claims an impossible length"));
    }
    let ask = Ask {
        method: Method::from_bytes(bytes(request.method)).map_err(|_| ProviderError::invalid("no HTTP method"))?,
        url: url(bytes(request.url))?,
        headers: headers(bytes(request.headers))?,
        body: body.into(),
        compress: request.flags & COMPRESS != 0,
        timeout: (request.timeout_us > 0).then(|| Duration::from_micros(request.timeout_us)),
    };
    Ok((access, ask))
}

fn url(claim: &[u8]) -> Result<Url, ProviderError> {
    let invalid = || ProviderError::invalid(format!("the URL is not one, or longer than {URL_BYTES_MAX} bytes"));
    let text = std::str::from_utf8(claim).ok().filter(|text| text.len() <= URL_BYTES_MAX).ok_or_else(invalid)?;
    Url::parse(text).map_err(|_| invalid())
}

/// Reads header lines. Values are marked as sensitive: nobody knows which of them is a token.
fn headers(claim: &[u8]) -> Result<HeaderMap, ProviderError> {
    if claim.len() > HEADERS_BYTES_MAX {
        return Err(ProviderError::invalid(format!("the headers are longer than {HEADERS_BYTES_MAX} bytes")));
    }
    let mut headers = HeaderMap::new();
    for line in claim.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let name = HeaderName::from_bytes(name).map_err(|_| ProviderError::invalid("a header's name is not one"))?;
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
        let mut value = HeaderValue::from_bytes(value)
            .map_err(|_| ProviderError::invalid(format!("the value of the header `{name}` can't be sent")))?;
        value.set_sensitive(!name.as_str().starts_with("content-"));
        headers.append(name, value);
    }
    Ok(headers)
}

fn reply(answer: Answer) -> HttpReplyView {
    let mut lines = Vec::new();
    for (name, value) in &answer.headers {
        // A value holds no line feed: the HTTP parser refuses it.
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"] {
            lines.extend_from_slice(part);
        }
    }
    HttpReplyView {
        status: answer.status,
        flags: 0,
        reserved_flags: 0,
        headers: lines.into(),
        body: answer.body.into(),
        reserved: [0; 2],
    }
}
