//! Refuses requests that name another host: a web page that rebinds its own name to this address is one.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

use crate::{access::is_local_name, problem::Problem};

/// The names under which this listener is known.
#[derive(Debug)]
pub(super) struct Allowed {
    address: SocketAddr,
}

impl Allowed {
    pub(super) const fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// A listener beyond loopback is reached by many names; there the network decides (SECURITY.md).
    pub(super) fn admits(&self, host: &str) -> bool {
        is_local_name(host) || !self.address.ip().is_loopback()
    }
}

pub(super) async fn check(State(allowed): State<Arc<Allowed>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // HTTP/1.0 clients and probes send none; browsers always do.
    if host.is_empty() || allowed.admits(host) {
        return next.run(request).await;
    }
    let detail = "this listener answers to localhost and to addresses only";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "admin.host_refused", detail).into_response()
}
