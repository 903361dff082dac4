//! The HTTP door and the admin listener over loaded plugins.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test; clippy knows its functions, but not those they call"
)]

#[path = "http/admin.rs"]
mod admin;
#[path = "http/cache.rs"]
mod cache;
#[path = "http/events.rs"]
mod events;
#[path = "http/guard.rs"]
mod guard;
#[path = "http/listener.rs"]
mod listener;
#[path = "http/log.rs"]
mod log;
#[path = "http/openapi.rs"]
mod openapi;
#[path = "http/questions.rs"]
mod questions;
#[path = "http/straight.rs"]
mod straight;
#[path = "http/verdicts.rs"]
mod verdicts;

use std::{convert::Infallible, time::Duration};

use ::http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use outrigger::{
    Host,
    config::Secret,
    door::http::{self as door, App},
};
use outrigger_plugin_api::sdk::Bytes;
use outrigger_tests::test_host::Setup;
use serde_json::Value;
use tower::{Service, ServiceExt};

/// What a test reads of an answer.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks that this is a problem document with this status and code.
    fn is_problem(&self, status: u16, code: &str) {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{body}");
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.json()["code"], code, "{body}");
        assert_eq!(self.json()["status"], status, "{body}");
    }
}

/// A host with its routes.
struct Door {
    _setup: Setup,
    host: Host,
    app: App,
}

const CACHE: &str = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n";

fn options() -> door::Options {
    door::Options { token: None, body_bytes_max: 1 << 20, request_timeout: Duration::from_secs(30) }
}

fn token(text: &str) -> door::Options {
    door::Options { token: Some(Secret::new(text.to_owned())), ..options() }
}

impl Door {
    async fn open(text: &str, libraries: &[&str], options: door::Options) -> Self {
        let setup = Setup::new(text, libraries);
        let host = setup.start().await;
        let app = door::app(host.clone(), &options);
        Self { _setup: setup, host, app }
    }

    async fn cache() -> Self {
        Self::open(CACHE, &["cache_memory"], options()).await
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Answer {
        ask(&self.app, request).await
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        self.ask(request(method, path, body)).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body.to_string()).await
    }
}

pub(crate) fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::builder().method(method).uri(path).body(Full::new(body.into())).unwrap()
}

/// Asks any app: a door, or the routes of the admin listener.
pub(crate) async fn ask<A, B>(app: &A, request: Request<Full<Bytes>>) -> Answer
where
    A: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone,
    B: Body<Data = Bytes, Error: std::fmt::Debug>,
{
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}
