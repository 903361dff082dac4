//! Codes of calls and of requests.

use super::{Explained, code};

pub(super) const CALLS: &[Explained] = &[
    code(
        "call.breaker_open",
        "The provider failed so often in a row that it is left alone for a while; it was not called.",
        "Retry after the time given. `breaker` in `[providers.NAME]` sets the numbers.",
    ),
    code(
        "call.contended",
        "Other clients changed the same keys during each of many tries; nothing was done.",
        "Retry; where it comes often, use fewer keys in one step.",
    ),
    code(
        "call.deadline",
        "The provider gave no answer within its `timeout`. A write may or may not have happened.",
        "Retry what may be repeated; raise `timeout` if the backend is slow.",
    ),
    code(
        "call.invalid",
        "The arguments can't be sent to any provider: too large, or an event that names nobody.",
        "The message says what is wrong; a retry can't help.",
    ),
    code(
        "call.overloaded",
        "`concurrency` calls to the provider were in flight and none ended within half of `timeout`; it was not called.",
        "Retry later; raise `concurrency` if the backend can take more.",
    ),
];

pub(super) const CACHE: &[Explained] = &[
    code(
        "cache.condition",
        "The condition of `if` does not hold; nothing was written.",
        "Nothing, if that is expected.",
    ),
    code("cache.missing", "There is no value under this key.", "Nothing, if that is expected."),
];

pub(super) const HTTP: &[Explained] = &[
    code("http.body_too_large", "The body is larger than `limits.body`.", "Send less at once, or raise the limit."),
    code("http.body_unreadable", "The body ended early or could not be read.", "Send it again."),
    code(
        "http.host_refused",
        "The request names another host, as a web page that rebound its name does, and no token is set.",
        "Call it as localhost or by its address, or set `auth.token` and send it.",
    ),
    code(
        "http.invalid",
        "The path, query or body makes no sense.",
        "The message says what is expected; for a body `errors` names each place.",
    ),
    code("http.json", "The body is not the JSON this path takes.", "`errors` names each place; see `/openapi.json`."),
    code("http.method_not_allowed", "The path does not take this method.", "See `Allow` in the answer."),
    code("http.no_such_route", "There is no such path.", "`/openapi.json` lists them all."),
    code(
        "http.origin_refused",
        "The request comes from a web page and no token is set.",
        "Set `auth.token` and send it.",
    ),
    code(
        "http.request_timeout",
        "The request took longer than `limits.request-timeout`. A write may or may not have happened.",
        "Retry what may be repeated.",
    ),
    code("http.unauthorized", "The token is missing or wrong.", "Send `Authorization: Bearer TOKEN`."),
];
