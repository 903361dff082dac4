//! The loaded LogRocket provider, and the link to a session in every other provider's records.

use outrigger::{door::http as door, manifest::Kind};
use outrigger_plugin_api::{
    conformance::sink::{self, Fixture, RawRecord, Subject},
    sdk::{Bytes, Call, ErrorKind, Health, ProviderError, monitoring::sort::LOG, sink::Verdict},
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::{Setup, eventually},
    vendor::logrocket::{API_KEY, LogRocket},
};
use serde_json::{Value, json};

use crate::http;

async fn logrocket(fake: &LogRocket, key: &str) -> LoadedSink {
    let url = fake.vendor.url();
    let lines = format!(
        "timeout = \"30s\"\nsettings.app-id = \"acme/shop\"\nsettings.api-key = \"{key}\"\nsettings.url = \"{url}\"\n"
    );
    LoadedSink::start(setup(Kind::Monitoring, "logrocket", &lines), Kind::Monitoring).await
}

/// Gives each record a user of its own: the suite's have none, and LogRocket takes nothing else.
struct WithUsers(LoadedSink);

impl Subject for WithUsers {
    fn promise(&self) -> sink::Promise {
        self.0.promise()
    }

    async fn deliver(&self, call: Call, mut batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        for record in &mut batch {
            if let Some(rest) = record.body.strip_prefix(b"{\"") {
                let user = format!("{{\"user\":{{\"id\":\"{}\",\"email\":\"a@example.com\"}},\"", record.id);
                record.body = [user.as_bytes(), rest].concat().into();
            }
        }
        self.0.deliver(call, batch).await
    }

    async fn query(&self, call: Call, question: Value) -> Result<Value, ProviderError> {
        self.0.query(call, question).await
    }

    async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        self.0.health(call).await
    }

    async fn flush(&self, call: Call) -> Result<(), ProviderError> {
        self.0.flush(call).await
    }

    async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        self.0.shutdown(call).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let fake = LogRocket::start().await;
    let start = async || Ok(Fixture::new(WithUsers(logrocket(&fake, API_KEY).await)));
    let report = sink::run(start, sink::Options::default()).await;
    report.assert_ok();
    let passed = report.cases.iter().filter(|(_, outcome)| *outcome == sink::Outcome::Passed).count();
    assert!(passed >= 15, "too few cases applied: {report:#?}");
    assert!(fake.users().len() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_arrive_with_their_traits_and_records_do_not() {
    let fake = LogRocket::start().await;
    let sink = logrocket(&fake, API_KEY).await;
    let log = |user: Value| record(LOG, &json!({ "type": "log", "message": "s3cret", "user": user }));
    let batch = vec![
        log(json!({ "id": "a/b ä", "email": "ann@example.com", "username": "Ann", "ip_address": "10.0.0.1" })),
        log(json!({ "id": "7" })),
    ];
    let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!(verdicts.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>(), ["delivered", "unsupported"]);
    let expected = json!({ "a%2Fb%20%C3%A4": { "name": "Ann", "email": "ann@example.com" } });
    assert_eq!(json!(fake.users()), expected);
    let requests = fake.vendor.requests();
    let text = |request: &outrigger_tests::vendor::Request| String::from_utf8_lossy(&request.body).into_owned();
    assert!(requests.iter().all(|request| !text(request).contains("s3cret") && !text(request).contains("10.0.0.1")));
    assert!(requests.iter().all(|request| !request.path.contains(API_KEY) && request.query.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_and_shows_in_health() {
    let fake = LogRocket::start().await;
    let sink = logrocket(&fake, "another-key").await;
    let user = json!({ "id": "7", "email": "ann@example.com" });
    let batch = vec![record(LOG, &json!({ "type": "log", "message": "m", "user": user }))];
    let error = sink.deliver(Call::unbounded(), batch).await.unwrap_err();
    assert!(error.kind == ErrorKind::Refused && !error.message.contains("another-key"), "{error}");
    assert!(matches!(sink.health(Call::unbounded()).await, Ok(Health::Degraded(why)) if why.contains("401")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_to_a_session_reaches_every_provider_s_records() {
    let text = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [\"file\"]\n[analytics]\nproviders = []\n";
    let setup = Setup::new(text, &["cache_memory", "monitoring_file"]);
    let path = setup.path("records.jsonl");
    let host = setup.variable("MONITORING_FILE", &path.display().to_string()).into_host().await;
    let options =
        door::Options { token: None, body_bytes_max: 1 << 20, request_timeout: std::time::Duration::from_secs(30) };
    let app = door::app((*host).clone(), &options);
    let session = "https://app.logrocket.com/acme/shop/s/5-abc/0";
    for (path, body, link) in [
        ("/v1/monitoring/errors", json!({ "message": "declined" }), session),
        ("/v1/monitoring/logs", json!({ "message": "declined" }), "javascript:alert(1)"),
    ] {
        let mut request = http::request("POST", path, Bytes::from(body.to_string()));
        request.headers_mut().insert("X-LogRocket-URL", link.parse().unwrap());
        http::ask(&app, request).await;
    }
    let read = || std::fs::read_to_string(&path).unwrap_or_default();
    eventually("both are written", async || read().lines().count() == 2).await;
    let text = read();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |sort: &str| records.iter().find(|record| record["type"] == sort).unwrap();
    assert_eq!(of("error")["tags"], json!({ "logrocket.session_url": session }));
    assert_eq!(of("log").get("tags"), None, "what is no link is left out");
    host.shutdown().await;
}
