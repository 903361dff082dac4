//! The admin listener: health, readiness, metrics, inventory, and the operations that change the running host. A GET only
//! reads what the host itself knows: it calls into no plugin and changes nothing.

mod control;
mod hosts;
mod metrics;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{access::Access, config::Secret, host::Host, operations::Operations, plugin::Slot, problem::Problem};

/// Returns the listener's routes. `address` is where it listens: requests must name it, or a loopback name, as Host.
///
/// Where a token is set, metrics and inventory need it; health does not, because probes can't send one.
pub fn app(operations: Operations, address: SocketAddr, token: Option<&Secret>) -> Router {
    let host = operations.host().clone();
    let paths = "there is no such path; this listener has /livez, /readyz, /metrics, /v1/status and /admin/v1/…";
    let methods = "here only /admin/v1/{reload,switch,select,undo} are POSTs, and everything else is a GET";
    routes(host, address, token, control::routes(operations), (paths, methods))
}

/// Returns the routes of the metrics listener: those of [`app`] that change nothing.
pub fn metrics_app(host: Host, address: SocketAddr, token: Option<&Secret>) -> Router {
    let paths = "there is no such path; this listener has /livez, /readyz, /metrics and /v1/status";
    routes(host, address, token, Router::new(), (paths, "here everything is a GET"))
}

fn routes(
    host: Host,
    address: SocketAddr,
    token: Option<&Secret>,
    control: Router,
    (paths, methods): (&'static str, &'static str),
) -> Router {
    let guarded = Router::new()
        .route("/metrics", get(metrics))
        .route("/v1/status", get(status))
        .with_state(host.clone())
        .merge(control)
        .layer(middleware::from_fn_with_state(Access::new(token), admit));
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .with_state(host)
        .merge(guarded)
        .fallback(move || async move { Problem::new(StatusCode::NOT_FOUND, "http.no_such_route", paths) })
        .method_not_allowed_fallback(move || async move {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "http.method_not_allowed", methods)
        })
        .layer(middleware::from_fn_with_state(Arc::new(hosts::Allowed::new(address)), hosts::check))
}

async fn admit(State(access): State<Access>, request: Request, next: Next) -> Response {
    match access.admit(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// 200 where every required provider serves, else 503; either way with the names of those that don't and why.
async fn readyz(State(host): State<Host>) -> Response {
    let readiness = host.readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

async fn metrics(State(host): State<Host>) -> Response {
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], metrics::text(&host)).into_response()
}

async fn status(State(host): State<Host>) -> Json<Value> {
    let providers: Vec<_> = host.registry().slots().iter().map(|slot| shown(slot)).collect();
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "api": crate::manifest::API_VERSION,
        "readiness": host.readiness(),
        "providers": providers,
    }))
}

fn shown(slot: &Slot) -> Value {
    let mut shown = json!({
        "provider": slot.config.name,
        "kind": slot.config.kind,
        "plugin": slot.config.plugin,
        "state": slot.state().as_str(),
        "required": slot.config.required,
        "in_flight": slot.gate.in_flight(),
    });
    if let (Some(provider), Some(object)) = (slot.provider(), shown.as_object_mut()) {
        object.insert("version".into(), provider.manifest.version.clone().into());
        object.insert("api".into(), provider.manifest.api.clone().into());
        object.insert("generation".into(), provider.generation.0.into());
        object.insert("file".into(), provider.file.display().to_string().into());
        object.insert("sha256".into(), provider.sha256.clone().into());
        object.insert("trust".into(), provider.trust.clone().into());
        object.insert("capabilities".into(), provider.manifest.capabilities.into());
        object.insert("rustc".into(), provider.manifest.rustc.clone().into());
    }
    shown
}

#[cfg(test)]
mod tests;
