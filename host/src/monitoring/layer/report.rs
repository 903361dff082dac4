//! What the layer says of one request.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::{Request, StatusCode};
use outrigger_plugin_api::sdk::monitoring::{
    self, Context, Event, Exception, Object, SESSION_URL_HEADER, Severity, Status,
};
use tokio::sync::Semaphore;

use crate::monitoring::Monitoring;

/// Most reports on their way at once: what a provider that hangs for its whole time-out may hold of memory, some
/// megabytes at most.
pub const PENDING_MAX: usize = 1_024;

/// Where reports go: [`Monitoring`], or a recorder in tests.
pub trait Reporter: Clone + Send + Sync + 'static {
    /// Sends one event; what becomes of it is the reporter's affair.
    fn report(&self, event: Event) -> impl Future<Output = ()> + Send;
}

impl Reporter for Monitoring {
    async fn report(&self, event: Event) {
        if let Err(error) = Self::report(self, event).await {
            tracing::warn!(code = error.code(), "a request was not reported: {error}");
        }
    }
}

/// What is known of a request before it is served. Query and headers are left out, because they carry secrets, but for the
/// link to what the user's browser did.
#[derive(Debug)]
pub(super) struct Served {
    method: String,
    path: String,
    route: String,
    session_url: Option<String>,
    began_ms: u64,
}

impl Served {
    pub(super) fn of<B>(request: &Request<B>, began_ms: u64) -> Self {
        let path = request.uri().path().to_owned();
        // axum's template, such as /users/{id}: the name of a span must not grow with the number of users.
        let route = request.extensions().get::<axum::extract::MatchedPath>().map(|m| m.as_str().to_owned());
        let route = route.unwrap_or_else(|| "*".into());
        let session_url = request.headers().get(SESSION_URL_HEADER).and_then(|value| value.to_str().ok());
        let session_url = session_url.map(str::to_owned);
        Self { method: request.method().as_str().to_owned(), path, route, session_url, began_ms }
    }

    fn context(&self, status: u16, severity: Option<Severity>) -> Box<Context> {
        let request = monitoring::Request {
            method: Some(self.method.clone()),
            url: Some(self.path.clone()),
            status: Some(status),
            ..monitoring::Request::default()
        };
        let timestamp_ms = Some(self.began_ms);
        let mut context = Context { severity, timestamp_ms, request: Some(request), ..Context::default() };
        if let Some(url) = &self.session_url {
            context.note_session_url(url);
        }
        Box::new(context)
    }
}

/// Sends reports without anybody waiting.
#[derive(Debug, Clone)]
pub(super) struct Watch<R> {
    reporter: R,
    places: Arc<Semaphore>,
    dropped: Arc<AtomicU64>,
}

impl<R: Reporter> Watch<R> {
    pub(super) fn new(reporter: R) -> Self {
        Self { reporter, places: Arc::new(Semaphore::new(PENDING_MAX)), dropped: Arc::default() }
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn answered(&self, served: Served, status: StatusCode, took: Duration) {
        if status.is_server_error() {
            let text = format!("{} {} answered {}", served.method, served.route, status);
            self.error(&served, status, "HttpServerError", text, true);
        }
        self.span(served, status, took);
    }

    pub(super) fn panicked(&self, served: Served, text: &str, took: Duration) {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        self.error(&served, status, "panic", text.to_owned(), false);
        self.span(served, status, took);
    }

    fn error(&self, served: &Served, status: StatusCode, name: &str, value: String, handled: bool) {
        let severity = Some(if handled { Severity::Error } else { Severity::Fatal });
        let context = served.context(status.as_u16(), severity);
        let exceptions = vec![Exception { name: name.to_owned(), value, ..Exception::default() }];
        let fingerprint = vec![name.to_owned(), served.method.clone(), served.route.clone()];
        self.send(Event::Error { exceptions, handled, fingerprint, context });
    }

    fn span(&self, served: Served, status: StatusCode, took: Duration) {
        self.send(Event::Span {
            name: format!("{} {}", served.method, served.route),
            operation: "http.server".into(),
            start_us: served.began_ms.saturating_mul(1_000),
            duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            status: if status.is_server_error() { Status::Error } else { Status::Ok },
            fields: Object::new(),
            context: served.context(status.as_u16(), None),
        });
    }

    fn send(&self, event: Event) {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let reporter = self.reporter.clone();
        tokio::spawn(async move {
            reporter.report(event).await;
            drop(place);
        });
    }
}
