//! A vendor's HTTP server that a test plays: it records what came and answers as the test says.
//!
//! Each file in `vendor/` is one vendor: it enforces the limits and gives the answers that the vendor documents.

pub mod amplitude;
pub mod clickhouse;
pub mod datadog;
pub mod google_analytics;
pub mod logrocket;
pub mod mixpanel;
pub mod otlp;
pub mod plausible;
pub mod posthog;
pub mod segment;
pub mod sentry;
pub mod slack;
pub mod upstash;
pub mod webhook;

use std::{
    io::Read,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// Most bytes of a body after decompression: what no vendor takes.
const BODY_BYTES_MAX: u64 = 256 << 20;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Request {
    /// Returns a header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body as JSON; null where it is something else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What the vendor says.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    delay: Duration,
    cut: bool,
}

impl Answer {
    /// Returns an answer of a status with a body.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), delay: Duration::ZERO, cut: false }
    }

    /// Returns an answer with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    /// Returns no answer: the connection is closed after the request was read.
    pub fn cut() -> Self {
        Self { cut: true, ..Self::new(200, "") }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has the answer wait.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

type Behaviour = Arc<dyn Fn(&Request) -> Answer + Send + Sync>;

struct Shared {
    open: AtomicUsize,
    requests: Mutex<Vec<Request>>,
    behaviour: Mutex<Behaviour>,
}

/// A vendor's server on a free port of 127.0.0.1. Ends when dropped.
pub struct Vendor {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: tokio::task::JoinHandle<()>,
}

impl Vendor {
    /// Starts a vendor that answers so.
    ///
    /// # Panics
    /// Where no port is free.
    pub async fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let behaviour: Mutex<Behaviour> = Mutex::new(Arc::new(answer));
        let shared = Arc::new(Shared { open: AtomicUsize::new(0), requests: Mutex::default(), behaviour });
        let serving = tokio::spawn(serve(listener, shared.clone()));
        Self { address, shared, serving }
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers otherwise from here on.
    pub fn answer(&self, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        *self.shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(answer);
    }

    /// Returns how many connections are open.
    pub fn open_connections(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// Returns every request that came, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vendor({})", self.address)
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // The connections end with this task: dropping the set aborts them.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, counted) = (shared.clone(), shared.clone());
        counted.open.fetch_add(1, Ordering::SeqCst);
        let service = service_fn(move |request| respond(shared.clone(), request));
        let builder = hyper::server::conn::http1::Builder::new();
        connections.spawn(async move {
            // A connection that breaks is what a client does that gives up.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            counted.open.fetch_sub(1, Ordering::SeqCst);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The vendor closed the connection instead of answering.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

async fn respond(shared: Arc<Shared>, request: http::Request<Incoming>) -> Result<http::Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: decompressed(&head.headers, body),
        headers: head.headers,
    };
    let behaviour = shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner).clone();
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let answer = behaviour(&request);
    tokio::time::sleep(answer.delay).await;
    if answer.cut {
        return Err(Cut);
    }
    let mut response = http::Response::builder().status(StatusCode::from_u16(answer.status).expect("a status"));
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(answer.body)).expect("headers of a test are valid"))
}

fn decompressed(headers: &HeaderMap, body: Bytes) -> Bytes {
    if headers.get("content-encoding").is_none_or(|coding| coding != "gzip") {
        return body;
    }
    let mut plain = Vec::new();
    let read = flate2::read::GzDecoder::new(&body[..]).take(BODY_BYTES_MAX).read_to_end(&mut plain);
    read.map_or(body, |_| plain.into())
}
