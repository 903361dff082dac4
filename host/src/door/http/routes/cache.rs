//! The cache's routes.

use axum::routing::{get, post};

use super::{Answer, Body, Operation, Route, json, operation};
use crate::door::http::{batch, cache, entry};

const TTL: (&str, &str) = ("ttl", "how long the entry lives, such as 30s; absent = until evicted");

const fn done(about: &'static str) -> Answer {
    Answer { status: 204, about, body: Body::None }
}

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
];
