//! OTLP: two signals, each to its address; partial success is final, and every documented answer has its verdict.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use outrigger::{deliver::Accepted, manifest::Kind};
use outrigger_plugin_api::sdk::monitoring::Event;
use outrigger_tests::{
    test_host::{OwnHost, eventually},
    vendor::{
        Answer, Vendor,
        otlp::{KEY, Otlp, partial, refusal, text},
    },
};
use serde_json::{Value, json};

use super::{conforms, metrics, serving, standing};

fn settings(vendor: &Vendor, more: &str) -> String {
    format!("settings.endpoint = \"{}\"\nsettings.service = \"shop\"\n{more}", vendor.url())
}

fn keyed(vendor: &Vendor) -> String {
    settings(vendor, &format!("settings.headers = [\"api-key={KEY}\"]"))
}

fn log() -> Value {
    json!({ "type": "log", "message": "hello", "severity": "warning" })
}

fn span() -> Value {
    json!({ "type": "span", "name": "GET /", "operation": "http.server", "start_us": 1_795_392_000_000_000_u64, "duration_us": 5, "status": "ok" })
}

async fn report(host: &OwnHost, body: Value) -> Accepted {
    let event: Event = serde_json::from_value(body).unwrap();
    host.monitoring().unwrap().report(event).await.unwrap()
}

/// Waits until the record stands so, and returns the reason.
async fn stands(accepted: &Accepted, state: &str) -> String {
    eventually(state, async || standing(accepted).state == state).await;
    standing(accepted).reason.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_provider_conforms_and_nothing_is_rejected() {
    let otlp = Otlp::start().await;
    conforms(Kind::Monitoring, "otlp", &keyed(&otlp.vendor)).await;
    otlp.kept(|store| {
        assert_eq!(store.rejected, Vec::<String>::new());
        assert!(store.logs.len() > 500 && !store.spans.is_empty(), "{} {}", store.logs.len(), store.spans.len());
    });
    // All but what is too short to gain by it.
    assert!(otlp.vendor.requests().iter().any(|request| request.header("content-encoding") == Some("gzip")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_and_a_timing_arrive_as_the_conventions_name_them() {
    let otlp = Otlp::start().await;
    let host = serving(Kind::Monitoring, "otlp", &keyed(&otlp.vendor)).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let error = report(
        &host,
        json!({ "type": "error", "exceptions": [{ "type": "E", "value": "oops", "frames": [{ "function": "f" }] }],
            "release": "1.4", "environment": "prod", "logger": "pay", "trace_id": trace, "span_id": "00000000000000ff" }),
    )
    .await;
    let timing = report(&host, span()).await;
    stands(&error, "delivered").await;
    stands(&timing, "delivered").await;
    otlp.kept(|store| {
        let (log, span) = (&store.logs[0], &store.spans[0]);
        let of = |name: &str| text(&log.record.attributes, name);
        assert_eq!((of("exception.type").as_deref(), of("exception.message").as_deref()), (Some("E"), Some("oops")));
        assert_eq!(of("exception.stacktrace").as_deref(), Some("E: oops\n  at f (?)"));
        assert_eq!(of("log.record.uid"), Some(error.ids()[0].to_string()));
        let body = log.record.body.clone().unwrap().value;
        assert_eq!((log.record.severity_number, body), (17, Some(Any::StringValue("E: oops".into()))));
        assert_eq!(log.record.trace_id, u128::from_str_radix(trace, 16).unwrap().to_be_bytes());
        assert_eq!((log.record.span_id.last(), log.scope.as_str()), (Some(&0xff), "pay"));
        let resource = ["service.name", "service.version", "deployment.environment.name"];
        let resource = resource.map(|name| text(&log.resource.attributes, name).unwrap_or_default());
        assert_eq!(resource, ["shop", "1.4", "prod"]);
        assert_eq!((span.record.name.as_str(), span.record.kind), ("GET /", 2));
        assert_eq!(span.record.trace_id, timing.ids()[0].as_bytes());
        assert_eq!(span.record.end_time_unix_nano - span.record.start_time_unix_nano, 5_000);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn each_documented_answer_ends_the_record_as_the_specification_says() {
    let page = || Answer::new(200, "<p>welcome").header("content-type", "text/html");
    // What each says is looked at in the plugin's own tests.
    type Case = (fn() -> Answer, &'static str);
    let cases: [Case; 8] = [
        (|| Answer::new(200, ""), "delivered"),
        (|| partial(0, "deprecated field"), "delivered"),
        (|| partial(1, "too old"), "dropped_by_vendor"),
        (page, "accepted_unverified"),
        (|| refusal(400, "bad data"), "dead_lettered"),
        (|| refusal(413, "too large"), "dead_lettered"),
        (|| refusal(500, "broken"), "dead_lettered"),
        (|| Answer::new(404, "no such page"), "dead_lettered"),
    ];
    for (answer, state) in cases {
        let vendor = Vendor::start(move |_| answer()).await;
        let host = serving(Kind::Monitoring, "otlp", &settings(&vendor, "")).await;
        let accepted = report(&host, log()).await;
        stands(&accepted, state).await;
        assert_eq!(vendor.requests().len(), 1, "{state}: nothing is sent twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_specification_lets_be_sent_again_is_sent_again() {
    for status in [429, 502, 503, 504] {
        let vendor = Vendor::start(move |_| refusal(status, "later")).await;
        let host = serving(Kind::Monitoring, "otlp", &settings(&vendor, "")).await;
        let accepted = report(&host, log()).await;
        let reason = stands(&accepted, "retrying").await;
        assert!(reason.contains(&format!("answered {status}: later")), "{reason}");
        vendor.answer(|_| Answer::new(200, ""));
        stands(&accepted, "delivered").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_in_the_request_that_needs_it_alone_even_where_the_server_says_it() {
    let (one, other) = ("canary-logs-0123456789", "canary-traces-0123456789");
    let more = format!("settings.logs-headers = [\"api-key={one}\"]\nsettings.traces-headers = [\"api-key={other}\"]");
    // Apart: while credentials are refused, a lane waits with what it tried first.
    for (record, path, key) in [(log(), "/v1/logs", one), (span(), "/v1/traces", other)] {
        let vendor = Vendor::start(|request| {
            refusal(401, &format!("no such key: {}", request.header("api-key").unwrap_or_default()))
        })
        .await;
        let host = serving(Kind::Monitoring, "otlp", &settings(&vendor, &more)).await;
        let accepted = report(&host, record).await;
        stands(&accepted, "retrying").await;
        let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
        assert!(shown.contains("no such key: …"), "{shown}");
        assert!(!shown.contains(one) && !shown.contains(other), "{shown}");
        for request in vendor.requests() {
            assert_eq!((request.path.as_str(), request.header("api-key")), (path, Some(key)));
            let rest = format!("{:?}{}{}", request.body, request.path, request.query);
            assert!(!rest.contains(one) && !rest.contains(other));
        }
    }
}
