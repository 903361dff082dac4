//! Tests of the layer with a recorder in the place of monitoring.

use std::sync::Arc;

use axum::{Router, body::Body, routing::get};
use parking_lot::Mutex;
use tower::ServiceExt;

use super::*;
use outrigger_plugin_api::sdk::monitoring::{Event, Status};

const SESSION: &str = "https://app.logrocket.com/o/a/s/1";

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Reporter for Recorder {
    async fn report(&self, event: Event) {
        self.0.lock().push(event);
    }
}

async fn served(path: &str, expected: usize) -> (StatusCode, Vec<Event>) {
    let recorder = Recorder::default();
    let app = Router::new()
        .route("/users/{id}", get(|| async { "fine" }))
        .route("/broken", get(|| async { (StatusCode::BAD_GATEWAY, "no") }))
        .route(
            "/panics",
            get(|| async {
                if true {
                    panic!("boom 7")
                }
            }),
        )
        .layer(MonitoringLayer::new(recorder.clone()));
    let request = Request::get(path)
        .header("authorization", "Bearer canary-secret")
        .header("X-LogRocket-URL", SESSION)
        .body(Body::empty())
        .unwrap();
    let status = app.oneshot(request).await.unwrap().status();
    // Reports run in tasks of this single-threaded runtime: yielding lets them end.
    for _ in 0..100 {
        tokio::task::yield_now().await;
        if recorder.0.lock().len() == expected {
            break;
        }
    }
    let events = recorder.0.lock().clone();
    assert!(!format!("{events:?}").contains("canary-secret"));
    (status, events)
}

#[tokio::test]
async fn a_good_answer_is_timed_under_its_template() {
    let (status, events) = served("/users/42?token=canary-secret", 1).await;
    assert_eq!(status, StatusCode::OK);
    let [Event::Span { name, operation, status: Status::Ok, context, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((name.as_str(), operation.as_str()), ("GET /users/{id}", "http.server"));
    assert_eq!(context.request.as_ref().and_then(|r| r.url.as_deref()), Some("/users/42"));
    assert_eq!(context.session_url(), Some(SESSION), "the link to what the browser did goes along");
}

#[tokio::test]
async fn a_server_error_is_reported_as_handled() {
    let (status, events) = served("/broken", 2).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    let handled = events.iter().any(|e| matches!(e, Event::Error { handled: true, .. }));
    assert!(handled && events.iter().any(|e| matches!(e, Event::Span { status: Status::Error, .. })), "{events:?}");
}

#[tokio::test]
async fn a_panic_becomes_a_500_and_an_unhandled_error() {
    let (status, events) = served("/panics", 2).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let text = events.iter().find_map(|e| match e {
        Event::Error { exceptions, handled: false, .. } => exceptions.first().map(|e| e.value.clone()),
        _ => None,
    });
    assert_eq!(text.as_deref(), Some("boom 7"));
}

/// A reporter whose reports hang until they are let go.
#[derive(Clone)]
struct Hanging {
    gate: tokio::sync::watch::Receiver<bool>,
    sent: Arc<Mutex<usize>>,
}

impl Reporter for Hanging {
    async fn report(&self, _: Event) {
        let _ = self.gate.clone().wait_for(|open| *open).await;
        *self.sent.lock() += 1;
    }
}

#[tokio::test]
async fn a_flood_of_reports_is_bounded_counted_and_delays_no_answer() {
    const MORE: usize = 100;
    let (open, gate) = tokio::sync::watch::channel(false);
    let reporter = Hanging { gate, sent: Arc::default() };
    let layer = MonitoringLayer::new(reporter.clone());
    let app = Router::new().route("/", get(|| async { "fine" })).layer(layer.clone());
    let ask = async || app.clone().oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().status();
    // One span a request; nothing takes them, and every request is answered nevertheless.
    for _ in 0..report::PENDING_MAX + MORE {
        assert_eq!(ask().await, StatusCode::OK);
    }
    assert_eq!((layer.dropped(), *reporter.sent.lock()), (MORE as u64, 0));
    // Once the provider answers again, what waited goes out, and new reports find a place.
    open.send(true).unwrap();
    let all_sent = async |expected: usize| {
        while *reporter.sent.lock() < expected {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, all_sent(report::PENDING_MAX)).await.expect("what waited was not sent");
    assert_eq!(ask().await, StatusCode::OK);
    tokio::time::timeout(patience, all_sent(report::PENDING_MAX + 1)).await.expect("no place was given back");
    assert_eq!((layer.dropped(), *reporter.sent.lock()), (MORE as u64, report::PENDING_MAX + 1));
}
