//! Decides who may speak to a listener: holders of the token, or, where none is set, anybody on this machine but a web
//! page.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{config::Secret, problem::Problem};

/// What requests are compared with.
#[derive(Debug, Clone)]
pub struct Access {
    /// Of the token only its digest is kept: comparing digests takes the same time wherever two tokens differ.
    token_digest: Option<[u8; 32]>,
}

impl Access {
    /// Returns the access that this token gives.
    pub fn new(token: Option<&Secret>) -> Self {
        Self { token_digest: token.map(|token| Sha256::digest(token.expose()).into()) }
    }

    /// Tells whether a token is needed at all.
    pub const fn needs_token(&self) -> bool {
        self.token_digest.is_some()
    }

    /// Tells whether these bytes are the token.
    pub fn knows(&self, given: &[u8]) -> bool {
        self.token_digest.is_some_and(|expected| <[u8; 32]>::from(Sha256::digest(given)) == expected)
    }

    /// Lets a request pass by its headers.
    ///
    /// # Errors
    /// `http.origin_refused` or `http.unauthorized`.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(expected) = self.token_digest else {
            return admit_local(headers);
        };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| bearer(value.as_bytes()));
        match given {
            Some(given) if <[u8; 32]>::from(Sha256::digest(given)) == expected => Ok(()),
            Some(_) => Err(unauthorized("the token is not the one set as [auth] token")),
            None => Err(unauthorized("a token is needed: send `Authorization: Bearer …`")),
        }
    }
}

/// Without a token the listener is on loopback, where any web page can send requests: it gives itself away by its
/// Origin, by the browser's word that the request crosses sites, or, if it rebound its own name, by its Host.
fn admit_local(headers: &HeaderMap) -> Result<(), Problem> {
    let crosses = |value: &HeaderValue| matches!(value.as_bytes(), b"cross-site" | b"same-site");
    if headers.contains_key(header::ORIGIN) || headers.get("sec-fetch-site").is_some_and(crosses) {
        let detail = "requests from web pages need a token; set [auth] token and send it";
        return Err(Problem::new(StatusCode::FORBIDDEN, "http.origin_refused", detail));
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // HTTP/1.0 clients and probes send none; browsers always do.
    if host.is_empty() || is_local_name(host) {
        return Ok(());
    }
    let detail = "without a token this listener answers to localhost and to addresses only";
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "http.host_refused", detail))
}

/// Tells whether a Host names this machine: `localhost` or an address, whatever the port – a forwarded port is no
/// attack, a foreign name is.
pub fn is_local_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Returns the token of `Bearer TOKEN`; the scheme's case does not count (RFC 9110 §11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "http.unauthorized", detail)
}
