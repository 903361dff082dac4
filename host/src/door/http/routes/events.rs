//! The routes that take events, and questions about them.

use axum::routing::{delete, get, post};
use outrigger_plugin_api::sdk::monitoring::SESSION_URL_HEADER;

use super::{Answer, Body, Operation, Route, json, operation};
use crate::door::http::{analytics, monitoring, question};

const KEPT: Answer = Answer {
    status: 202,
    ..json("They are kept, and will be delivered; 200 where the client waited and all is done", "Kept")
};

/// Whether to wait.
const WAIT: &[(&str, &str)] = &[
    ("wait", "`delivered`: answer with what became of the events at each provider"),
    ("timeout", "the longest wait, such as 2s (the default); at most 20s"),
];

const FROM_PROVIDER: (&str, &str) = ("provider", "who is asked; absent = the first that answers");

const LINES: Answer =
    Answer { status: 200, about: "Events (StoredEvent), one a line", body: Body::Lines("StoredEvent") };

pub(super) const ALL: &[Route] = &[
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
        handler: || post(question::query),
        operations: &[operation(
            "post",
            "Asks a provider what was delivered.",
            Body::Json("Question"),
            json("What the provider says", "Answer"),
        )],
    },
    Route {
        path: "/v1/analytics/export",
        handler: || get(question::export).post(question::export_filtered),
        operations: &[
            Operation {
                query: &[
                    ("from", "events from then on: RFC 3339, or how long ago, such as 7d"),
                    ("to", "events before: as from"),
                    ("event", "events of this name"),
                    ("type", "events of this type, such as track"),
                    FROM_PROVIDER,
                ],
                ..operation("get", "Every event, a line of JSON each.", Body::None, LINES)
            },
            operation(
                "post",
                "Every event that a filter takes, a line of JSON each.",
                Body::Json("ExportAsked"),
                LINES,
            ),
        ],
    },
    Route {
        path: "/v1/analytics/users/{user_id}",
        handler: || delete(question::remove),
        operations: &[Operation {
            query: &[("provider", "from this one alone; absent = from each that answers questions")],
            ..operation(
                "delete",
                "Removes a person's events, ids and traits.",
                Body::None,
                json("What is gone", "Removed"),
            )
        }],
    },
];

const EVENT_ERROR: Operation = observed("An error with its chain of exceptions.", "Error");
const EVENT_NAMED: Operation = observed("A named event.", "NamedEvent");
const EVENT_LOG: Operation = observed("A log line.", "LogLine");
const EVENT_REQUEST: Operation = observed("A timed request.", "TimedRequest");

/// What names an event whose body does not.
const KEY: (&str, &str) =
    ("Idempotency-Key", "the message id of an event whose body has none; in a batch with `/N` after it");

/// The link to what the user's browser did, as its recorder sends it.
const SESSION: (&str, &str) = (
    SESSION_URL_HEADER,
    "the header of the user's request, passed on: the link to the recorded session, kept as a tag of the record",
);

const fn event(summary: &'static str, schema: &'static str) -> Operation {
    Operation { headers: &[KEY], query: WAIT, ..operation("post", summary, Body::Json(schema), KEPT) }
}

const fn observed(summary: &'static str, schema: &'static str) -> Operation {
    Operation { headers: &[KEY, SESSION], ..event(summary, schema) }
}
