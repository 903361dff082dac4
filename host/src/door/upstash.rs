//! The Upstash dialect: Redis commands as JSON over HTTP, on the HTTP listener, so that users of `@upstash/redis` and
//! `upstash-redis` change their vendor by changing a URL.
//!
//! Source: upstash.com/docs/redis/features/restapi, read 2026-11-22. docs/doors/upstash.md says what differs.

mod result;
mod words;

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use http::{HeaderMap, StatusCode, Uri, header};

use crate::{commands, host::Host, resp::Replies};
use result::{Encoding, Reader};
use words::Words;

/// Returns the dialect's routes, to stand beside those of another API: only paths that begin with a command are its own.
pub fn routes() -> Router<Host> {
    let routes = Router::new().route("/", post(command)).route("/pipeline", post(pipeline));
    let mut routes = routes.route("/multi-exec", post(multi_exec));
    // One by one, so that every other path stays the other API's, with its own answer to what is not there.
    for name in commands::names().flat_map(|name| [name.to_owned(), name.to_ascii_uppercase()]) {
        routes = routes.route(&format!("/{name}"), any(path)).route(&format!("/{name}/{{*words}}"), any(path));
    }
    routes
}

/// What a request asks for beside its commands.
struct Asked {
    encoding: Encoding,
    resp2: bool,
}

impl Asked {
    fn of(headers: &HeaderMap) -> Result<Self, Refused> {
        let is = |name: &str, value: &str| {
            headers.get(name).is_some_and(|given| given.as_bytes().eq_ignore_ascii_case(value.as_bytes()))
        };
        let (base64, resp2) = (is("upstash-encoding", "base64"), is("upstash-response-format", "resp2"));
        if base64 && resp2 {
            return Err(Refused::syntax("base64 encoding and resp2 format exclude each other"));
        }
        Ok(Self { encoding: if base64 { Encoding::Base64 } else { Encoding::Text }, resp2 })
    }
}

/// A request that is answered with `{"error": …}`.
struct Refused(StatusCode, String);

impl Refused {
    fn syntax(what: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("ERR {what}"))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, axum::Json(serde_json::json!({ "error": self.1 }))).into_response()
    }
}

/// Runs requests in order and returns the bytes of their replies.
async fn run(host: &Host, words: &Words) -> Vec<u8> {
    let engine = host.commands();
    let (mut session, mut replies, mut bytes) = (engine.admitted(None), Replies::default(), Vec::new());
    let mut done = 0;
    let requests = words.requests();
    while done < requests.len() && !session.ended() {
        done += engine.run(&mut session, requests.after(done), &mut replies).await;
        replies.append_to(&mut bytes);
        replies.clear(0);
    }
    bytes
}

async fn command(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let asked = Asked::of(&headers)?;
    let words = Words::one(&body).map_err(|what| Refused::syntax(&what))?;
    Ok(single(&asked, run(&host, &words).await))
}

/// The path form: `/set/key/value`, where the body is one more word and the query's parameters follow it.
async fn path(
    State(host): State<Host>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    method: http::Method,
    body: Bytes,
) -> Result<Response, Refused> {
    let words = Words::path(uri.path(), &body, query.as_deref()).map_err(|what| Refused::syntax(&what))?;
    if !matches!(method, http::Method::GET | http::Method::HEAD | http::Method::POST | http::Method::PUT) {
        return Err(Refused(StatusCode::METHOD_NOT_ALLOWED, "ERR method not allowed".to_owned()));
    }
    let asked = Asked::of(&headers)?;
    Ok(single(&asked, run(&host, &words).await))
}

/// A list of commands, each with its own result; not one step.
async fn pipeline(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let asked = Asked::of(&headers)?;
    let words = Words::many(&body).map_err(|what| Refused::syntax(&what))?;
    let replies = run(&host, &words).await;
    if asked.resp2 {
        return Ok(raw(replies));
    }
    let mut reader = Reader::new(&replies, asked.encoding);
    let results: Vec<_> = (0..words.requests().len()).map(|_| reader.result()).collect();
    Ok(axum::Json(results).into_response())
}

/// A list of commands as one step.
async fn multi_exec(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let asked = Asked::of(&headers)?;
    if asked.resp2 {
        return Err(Refused::syntax("resp2 format is not offered for transactions"));
    }
    let words = Words::many(&body).map_err(|what| Refused::syntax(&what))?.transaction();
    let replies = run(&host, &words).await;
    let mut reader = Reader::new(&replies, asked.encoding);
    // OK for MULTI, QUEUED for each command; the reply to EXEC is the last.
    (1..words.requests().len()).for_each(|_| drop(reader.result()));
    match reader.results() {
        Ok(results) => Ok(axum::Json(results).into_response()),
        Err(error) => Err(Refused(StatusCode::BAD_REQUEST, error)),
    }
}

fn single(asked: &Asked, replies: Vec<u8>) -> Response {
    if asked.resp2 {
        return raw(replies);
    }
    let result = Reader::new(&replies, asked.encoding).result();
    let failed = result.get("error").is_some();
    (if failed { StatusCode::BAD_REQUEST } else { StatusCode::OK }, axum::Json(result)).into_response()
}

fn raw(replies: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], replies).into_response()
}
