//! The loaded ClickHouse provider.

use std::sync::Arc;

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject},
    sdk::{Call, ErrorKind, analytics::sort::TRACK, sink::Verdict},
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::eventually,
    vendor::{
        Answer, Request, Vendor,
        clickhouse::{ClickHouse, PASSWORD, exception},
    },
};
use serde_json::json;

use super::{metrics, serving, standing};
use crate::conformance::recorded_conforms;

const TABLE: &str = "outrigger_event";

fn settings(vendor: &Vendor, password: &str, more: &str) -> String {
    format!("settings.url = \"{}\"\nsettings.password = \"{password}\"\n{more}", vendor.url())
}

async fn loaded(vendor: &Vendor, more: &str) -> LoadedSink {
    let lines = format!("timeout = \"30s\"\n{}", settings(vendor, PASSWORD, more));
    LoadedSink::start(setup(Kind::Analytics, "clickhouse", &lines), Kind::Analytics).await
}

fn track(name: &str) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": name, "user_id": "u-1" }))
}

/// Returns the event as the library takes it.
fn event(name: &str) -> outrigger_plugin_api::sdk::analytics::Event {
    serde_json::from_value(json!({ "type": "track", "event": name, "user_id": "u-1" })).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let fake = Arc::new(ClickHouse::start().await);
    let there = fake.clone();
    recorded_conforms(async || loaded(&fake.vendor, "").await, move || there.ids(TABLE), 19).await;
    // The host leaves small bodies as they are.
    let is_large = |request: &&Request| request.body.len() > 64 << 10;
    let requests = fake.vendor.requests();
    let large: Vec<&Request> = requests.iter().filter(is_large).collect();
    assert!(!large.is_empty() && large.iter().all(|request| request.header("content-encoding") == Some("gzip")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_batch_is_written_once_and_in_other_company_counted_once() {
    let fake = ClickHouse::start().await;
    let sink = loaded(&fake.vendor, "").await;
    let (one, two) = (track("a"), track("b"));
    for batch in [vec![one.clone(), two.clone()], vec![one.clone(), two.clone()], vec![two.clone()]] {
        let delivered = vec![Verdict::Delivered; batch.len()];
        assert_eq!(sink.deliver(Call::unbounded(), batch).await.unwrap(), delivered);
    }
    assert_eq!(fake.server().tables[TABLE].rows.len(), 3, "the token is of the whole batch");
    assert_eq!(fake.ids(TABLE), [one.id, two.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_exception_leads_to_what_helps() {
    let vendor = Vendor::start(|_| Answer::new(200, "")).await;
    let sink = loaded(&vendor, "settings.create-table = false\nbreaker.failures = 1000").await;
    let cases = [
        (403, 516, ErrorKind::Refused),
        (403, 497, ErrorKind::Refused),
        (404, 60, ErrorKind::Refused),
        (404, 81, ErrorKind::Refused),
        (500, 164, ErrorKind::Refused),
        (500, 202, ErrorKind::Overloaded),
        (500, 252, ErrorKind::Overloaded),
        (500, 241, ErrorKind::Overloaded),
        (408, 159, ErrorKind::Timeout),
        (500, 242, ErrorKind::Unavailable),
        (400, 27, ErrorKind::Invalid),
        (400, 41, ErrorKind::Invalid),
        (400, 53, ErrorKind::Invalid),
        (400, 117, ErrorKind::Invalid),
        // The headers were sent before it went wrong.
        (200, 241, ErrorKind::Overloaded),
    ];
    for (status, code, kind) in cases {
        vendor.answer(move |_| exception(status, code, "why"));
        let error = sink.deliver(Call::unbounded(), vec![track("a"), track("b")]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{code}: {error}");
        assert!(error.message.contains(&format!("Code: {code}.")), "{error}");
    }
    vendor.answer(|_| Answer::new(200, "").header("x-clickhouse-summary", "{\"written_rows\":\"1\"}"));
    let verdicts = sink.deliver(Call::unbounded(), vec![track("a"), track("b")]).await.unwrap();
    assert_eq!(verdicts, [Verdict::AcceptedUnverified, Verdict::AcceptedUnverified]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_nobody_may_make_is_named_and_made_later() {
    let fake = ClickHouse::start().await;
    fake.server().may_not_create = true;
    let host = serving(Kind::Analytics, "clickhouse", &settings(&fake.vendor, PASSWORD, "")).await;
    let accepted = host.analytics().unwrap().send(event("a")).await.unwrap();
    eventually("refused", async || format!("{:?}", standing(&accepted)).contains("Not enough privileges")).await;
    fake.server().may_not_create = false;
    eventually("delivered", async || standing(&accepted).state == "delivered").await;
    assert_eq!(fake.ids(TABLE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_sending_is_asked_for_again_and_nothing_is_there_twice() {
    let fake = Arc::new(ClickHouse::start().await);
    let lost = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let own = Arc::downgrade(&fake);
    fake.vendor.answer(move |request| {
        let answer = own.upgrade().map_or_else(Answer::cut, |fake| fake.answer(request));
        let is_insert = !request.body.starts_with(b"CREATE");
        let is_written = own.upgrade().is_some_and(|fake| !fake.ids(TABLE).is_empty());
        let is_first = is_insert && is_written && !lost.swap(true, std::sync::atomic::Ordering::SeqCst);
        if is_first { Answer::cut() } else { answer }
    });
    let host = serving(Kind::Analytics, "clickhouse", &settings(&fake.vendor, PASSWORD, "")).await;
    let accepted = host.analytics().unwrap().send(event("a")).await.unwrap();
    eventually("delivered", async || standing(&accepted).state == "delivered").await;
    assert_eq!(fake.server().tables[TABLE].rows.len(), 1);
    let inserts = fake.vendor.requests().iter().filter(|request| request.query.contains("query=INSERT")).count();
    assert_eq!(inserts, 3, "one without a table, one without an answer, one that was recognised");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_constraint_forbids_is_rejected_alone() {
    let fake = ClickHouse::start().await;
    fake.server().forbidden = Some("bad".into());
    let host = serving(Kind::Analytics, "clickhouse", &settings(&fake.vendor, PASSWORD, "")).await;
    let names = ["a", "bad", "b", "c", "d"];
    let mut accepted = Vec::new();
    for name in names {
        accepted.push(host.analytics().unwrap().send(event(name)).await.unwrap());
    }
    let states = || accepted.iter().map(|accepted| standing(accepted).state.to_owned()).collect::<Vec<_>>();
    let expected = ["delivered", "dead_lettered", "delivered", "delivered", "delivered"];
    eventually("each has its end", async || states() == expected).await;
    assert_eq!(fake.ids(TABLE).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_in_its_header_alone_even_where_the_server_says_it() {
    let fake = ClickHouse::start().await;
    let other = "canary-of-a-wrong-password";
    let host = serving(Kind::Analytics, "clickhouse", &settings(&fake.vendor, other, "")).await;
    let accepted = host.analytics().unwrap().send(event("a")).await.unwrap();
    eventually("refused", async || standing(&accepted).state == "retrying").await;
    let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
    assert!(shown.contains("Authentication failed") && !shown.contains(other), "{shown}");
    for request in fake.vendor.requests() {
        assert_eq!(request.header("x-clickhouse-key"), Some(other));
        assert!(!format!("{:?}{}{}", request.body, request.path, request.query).contains(other));
    }
}
