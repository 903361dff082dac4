//! The routes that tell and change what becomes of events.

use axum::routing::{get, post};

use super::{Answer, Body, Operation, Route, json, operation};
use crate::door::http::delivery;

const fn begun(about: &'static str) -> Answer {
    Answer { status: 202, ..json(about, "Replay") }
}

pub(super) const ALL: &[Route] = &[
    Route {
        path: "/v1/receipts/{id}",
        handler: || get(delivery::receipt),
        operations: &[operation("get", "What became of an event.", Body::None, json("At each provider", "Receipt"))],
    },
    Route {
        path: "/v1/journal",
        handler: || get(delivery::journal),
        operations: &[operation("get", "How the journal stands.", Body::None, json("Its status", "JournalStatus"))],
    },
    Route {
        path: "/v1/journal/verify",
        handler: || post(delivery::verify),
        operations: &[operation("post", "Reads every record.", Body::None, json("What was read", "Verified"))],
    },
    Route {
        path: "/v1/journal/replays",
        handler: || post(delivery::replay),
        operations: &[operation(
            "post",
            "Sends a part of the journal to one provider once more.",
            Body::Json("ReplayAsked"),
            begun("Begun"),
        )],
    },
    Route {
        path: "/v1/journal/replays/{id}",
        handler: || get(delivery::replayed),
        operations: &[operation("get", "How a replay stands.", Body::None, json("Its progress", "Replay"))],
    },
    Route {
        path: "/v1/deadletters",
        handler: || get(delivery::letters),
        operations: &[operation("get", "How many dead letters there are.", Body::None, json("For each", "Letters"))],
    },
    Route {
        path: "/v1/deadletters/{provider}",
        handler: || get(delivery::list),
        operations: &[Operation {
            query: &[("after", "the last number of the page before"), ("count", "1 to 1000; 100 where absent")],
            ..operation("get", "A provider's dead letters.", Body::None, json("Oldest first", "LetterPage"))
        }],
    },
    Route {
        path: "/v1/deadletters/{provider}/replay",
        handler: || post(delivery::again),
        operations: &[operation("post", "Sends dead letters once more.", Body::Json("Which"), begun("Begun"))],
    },
    Route {
        path: "/v1/deadletters/{provider}/purge",
        handler: || post(delivery::purge),
        operations: &[operation("post", "Lets dead letters go.", Body::Json("Which"), json("How many", "Purged"))],
    },
];
