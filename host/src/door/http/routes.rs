//! Every route of the door, once: the router and the OpenAPI document are both made from this table.

use axum::routing::{MethodRouter, get, post};

use super::{analytics, batch, cache, entry, monitoring, openapi};
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

const TTL: (&str, &str) = ("ttl", "how long the entry lives, such as 30s; absent = until evicted");

const fn operation(method: &'static str, summary: &'static str, body: Body, answer: Answer) -> Operation {
    Operation { method, summary, query: &[], headers: &[], body, answer }
}

const fn json(about: &'static str, schema: &'static str) -> Answer {
    Answer { status: 200, about, body: Body::Json(schema) }
}

const fn done(about: &'static str) -> Answer {
    Answer { status: 204, about, body: Body::None }
}

const REPORT: Answer = json("What each provider said of each event", "Report");

/// The table.
pub(super) const ALL: &[Route] = &[
    Route {
        path: "/v1/cache/keys/{*key}",
        handler: || get(entry::read).put(entry::write).delete(entry::delete),
        operations: &[
            operation(
                "get",
                "Reads a value with its content type.",
                Body::None,
                Answer { status: 200, about: "The bytes as they were written", body: Body::Bytes },
            ),
            operation(
                "head",
                "Tells a value's length and content type.",
                Body::None,
                Answer { status: 200, about: "There is a value", body: Body::None },
            ),
            Operation {
                method: "put",
                summary: "Writes a value; its content type is kept.",
                query: &[
                    TTL,
                    ("if", "`absent` or `present`: write only then"),
                    ("keep_ttl", "`true` keeps the deadline the key has"),
                ],
                headers: &[],
                body: Body::Bytes,
                answer: done("Written"),
            },
            operation("delete", "Deletes a key.", Body::None, done("Deleted")),
        ],
    },
    Route {
        path: "/v1/cache/ttl/{*key}",
        handler: || get(cache::ttl).put(cache::expire).delete(cache::persist),
        operations: &[
            operation("get", "Tells how long a key lives.", Body::None, json("What is left of its life", "Remaining")),
            operation("put", "Sets how long a key lives.", Body::Json("Expire"), done("Set")),
            operation("delete", "Removes the deadline.", Body::None, done("Removed, or there was none")),
        ],
    },
    Route {
        path: "/v1/cache/increment/{*key}",
        handler: || post(cache::increment),
        operations: &[operation("post", "Adds to an integer.", Body::Json("Increment"), json("The sum", "Sum"))],
    },
    Route {
        path: "/v1/cache/scan",
        handler: || get(cache::scan),
        operations: &[Operation {
            method: "get",
            summary: "Lists keys by prefix, a page at a time.",
            query: &[
                ("prefix", "what keys begin with"),
                ("cursor", "the last page's cursor; absent to start"),
                ("count", "about how many keys to look at, 1 to 10000; 100 where absent"),
            ],
            headers: &[],
            body: Body::None,
            answer: json("Some keys", "Page"),
        }],
    },
    Route {
        path: "/v1/cache/clear",
        handler: || post(cache::clear),
        operations: &[Operation {
            method: "post",
            summary: "Deletes every key with a prefix.",
            query: &[("prefix", "what keys begin with"), ("all", "`true` is needed where the prefix is empty")],
            headers: &[],
            body: Body::None,
            answer: json("How many there were", "Cleared"),
        }],
    },
    Route {
        path: "/v1/cache/size",
        handler: || get(cache::size),
        operations: &[operation("get", "Tells how much the cache holds.", Body::None, json("Its size", "Filled"))],
    },
    Route {
        path: "/v1/cache/batch",
        handler: || post(batch::run),
        operations: &[operation(
            "post",
            "Runs operations in order, or as one atomic step.",
            Body::Json("Batch"),
            json("What became of each", "Ran"),
        )],
    },
    Route { path: "/v1/monitoring/errors", handler: || post(monitoring::errors), operations: &[EVENT_ERROR] },
    Route { path: "/v1/monitoring/events", handler: || post(monitoring::events), operations: &[EVENT_NAMED] },
    Route { path: "/v1/monitoring/logs", handler: || post(monitoring::logs), operations: &[EVENT_LOG] },
    Route { path: "/v1/monitoring/requests", handler: || post(monitoring::requests), operations: &[EVENT_REQUEST] },
    Route {
        path: "/v1/analytics/track",
        handler: || post(analytics::track),
        operations: &[event("Something a user did.", "Track")],
    },
    Route {
        path: "/v1/analytics/identify",
        handler: || post(analytics::identify),
        operations: &[event("Traits of a user.", "Identify")],
    },
    Route {
        path: "/v1/analytics/page",
        handler: || post(analytics::page),
        operations: &[event("A page a user saw.", "PageView")],
    },
    Route {
        path: "/v1/analytics/screen",
        handler: || post(analytics::screen),
        operations: &[event("A screen a user saw.", "ScreenView")],
    },
    Route {
        path: "/v1/analytics/group",
        handler: || post(analytics::group),
        operations: &[event("A group a user is in.", "Group")],
    },
    Route {
        path: "/v1/analytics/alias",
        handler: || post(analytics::alias),
        operations: &[event("Two ids of one user.", "Alias")],
    },
    Route {
        path: "/v1/analytics/batch",
        handler: || post(analytics::batch),
        operations: &[event("Up to 5000 events in one request.", "AnalyticsBatch")],
    },
    Route {
        path: "/v1/analytics/query",
        handler: || post(analytics::query),
        operations: &[operation(
            "post",
            "Asks a provider what was delivered.",
            Body::Json("Query"),
            json("What the provider says", "Found"),
        )],
    },
    Route {
        path: "/openapi.json",
        handler: || get(openapi::serve),
        operations: &[operation("get", "This document.", Body::None, json("An OpenAPI 3.1 document", "Document"))],
    },
];

const EVENT_ERROR: Operation = event("An error with its chain of exceptions.", "Error");
const EVENT_NAMED: Operation = event("A named event.", "NamedEvent");
const EVENT_LOG: Operation = event("A log line.", "LogLine");
const EVENT_REQUEST: Operation = event("A timed request.", "TimedRequest");

/// What names an event whose body does not.
const KEY: (&str, &str) =
    ("Idempotency-Key", "the message id of an event whose body has none; in a batch with `/N` after it");

const fn event(summary: &'static str, schema: &'static str) -> Operation {
    Operation { headers: &[KEY], ..operation("post", summary, Body::Json(schema), REPORT) }
}
