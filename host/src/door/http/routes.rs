//! Every route of the door, once: the router and the OpenAPI document are both made from this table.

mod cache;
mod delivery;
mod events;

use axum::routing::{MethodRouter, get};

use super::openapi;
use crate::host::Host;

/// One method of a route, as the OpenAPI document describes it.
pub(super) struct Operation {
    /// Lower case.
    pub(super) method: &'static str,
    /// One sentence.
    pub(super) summary: &'static str,
    /// Query parameters: name and meaning.
    pub(super) query: &'static [(&'static str, &'static str)],
    /// Headers that count, beside those of HTTP: name and meaning.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// What the body is.
    pub(super) body: Body,
    /// The answer of success.
    pub(super) answer: Answer,
}

/// An answer of success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// What it means.
    pub(super) about: &'static str,
    /// What its body is.
    pub(super) body: Body,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// There is none.
    None,
    /// Bytes of any content type.
    Bytes,
    /// JSON of the schema with this name.
    Json(&'static str),
    /// Lines of such JSON (`application/x-ndjson`).
    Lines(&'static str),
}

/// One path.
pub(super) struct Route {
    /// As the router takes it.
    pub(super) path: &'static str,
    /// What serves it; a function, because routers can't be constants.
    pub(super) handler: fn() -> MethodRouter<Host>,
    /// Its methods.
    pub(super) operations: &'static [Operation],
}

const fn operation(method: &'static str, summary: &'static str, body: Body, answer: Answer) -> Operation {
    Operation { method, summary, query: &[], headers: &[], body, answer }
}

const fn json(about: &'static str, schema: &'static str) -> Answer {
    Answer { status: 200, about, body: Body::Json(schema) }
}

const DOCUMENT: &[Route] = &[Route {
    path: "/openapi.json",
    handler: || get(openapi::serve),
    operations: &[operation("get", "This document.", Body::None, json("An OpenAPI 3.1 document", "Document"))],
}];

/// Every route, in the order of the document.
pub(super) fn all() -> impl Iterator<Item = &'static Route> {
    [cache::ALL, events::ALL, delivery::ALL, DOCUMENT].into_iter().flatten()
}
