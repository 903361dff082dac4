//! The loaded Plausible provider.

use std::{net::SocketAddr, time::Duration};

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{self, Fixture, RawRecord, Subject},
    sdk::{Call, ErrorKind, analytics::sort::TRACK, sink::Verdict},
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::Setup,
    vendor::{Answer, plausible::Plausible},
};
use serde_json::{Value, json};

/// The records' time is fixed, so `age-max` has to reach back to it.
fn lines(url: &str) -> String {
    format!(
        "timeout = \"30s\"\nsettings.domain = \"shop.example\"\nsettings.url = \"{url}\"\nsettings.age-max = \"36500d\""
    )
}

fn plausible(url: &str) -> Setup {
    setup(Kind::Analytics, "plausible", &lines(url))
}

fn track(name: &str, context: Value) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": name, "user_id": "u1", "context": context }))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let fake = Plausible::start().await;
    let start = async || Ok(Fixture::new(LoadedSink::start(plausible(&fake.vendor.url()), Kind::Analytics).await));
    let report = sink::run(start, sink::Options::default()).await;
    report.assert_ok();
    let passed = report.cases.iter().filter(|(_, outcome)| *outcome == sink::Outcome::Passed).count();
    assert!(passed >= 14, "too few cases applied: {report:#?}");
    assert!(fake.counted().len() > 200, "what was called accepted was counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_are_told_apart_by_the_record_s_browser_and_address() {
    let fake = Plausible::start().await;
    let sink = LoadedSink::start(plausible(&fake.vendor.url()), Kind::Analytics).await;
    let visitor = json!({ "userAgent": "Mozilla/5.0 Firefox/140.0", "ip": "203.0.113.9" });
    let verdicts =
        sink.deliver(Call::unbounded(), vec![track("Paid", visitor), track("Cron", json!({}))]).await.unwrap();
    assert_eq!(verdicts, [Verdict::AcceptedUnverified, Verdict::AcceptedUnverified]);
    let mut counted = fake.counted();
    counted.sort_by_key(|counted| counted.event["name"].to_string());
    let [cron, paid] = &counted[..] else { panic!("{counted:?}") };
    assert_eq!((paid.agent.as_str(), paid.ip.as_deref()), ("Mozilla/5.0 Firefox/140.0", Some("203.0.113.9")));
    assert!(cron.agent.starts_with("Outrigger/") && cron.ip.is_none(), "{cron:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_plausible_throws_away_in_silence_is_named() {
    let fake = Plausible::start().await;
    let sink = LoadedSink::start(plausible(&fake.vendor.url()), Kind::Analytics).await;
    let batch = vec![
        track("robot", json!({ "userAgent": "Googlebot/2.1" })),
        track("data centre", json!({ "ip": "198.51.100.7" })),
        track("data: is no page", json!({ "page": { "url": "data:text/plain,://" } })),
        track("a person", json!({})),
    ];
    let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
    let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
    assert_eq!(names, ["dropped_by_vendor", "dropped_by_vendor", "rejected", "accepted_unverified"]);
    let [.., Verdict::Rejected(reason), _] = &verdicts[..] else { panic!("{verdicts:?}") };
    assert!(reason.contains("scheme is not allowed"), "the vendor's words: {reason}");

    let elsewhere = lines(&fake.vendor.url()).replace("shop.example", "unknown.example");
    let sink = LoadedSink::start(setup(Kind::Analytics, "plausible", &elsewhere), Kind::Analytics).await;
    let verdicts = sink.deliver(Call::unbounded(), vec![track("x", json!({}))]).await.unwrap();
    assert_eq!(verdicts[0].as_str(), "dropped_by_vendor", "a domain that Plausible does not know");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_server_pauses_the_provider_with_the_wait_it_asks_for() {
    let fake = Plausible::start().await;
    let sink = LoadedSink::start(plausible(&fake.vendor.url()), Kind::Analytics).await;
    for (status, kind) in [(429, ErrorKind::Overloaded), (503, ErrorKind::Unavailable), (404, ErrorKind::Refused)] {
        fake.vendor.answer(move |_| Answer::new(status, "").header("retry-after", "7"));
        let error = sink.deliver(Call::unbounded(), vec![track("x", json!({}))]).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, Some(Duration::from_secs(7))), "{status}");
    }
    fake.recover();
    let verdicts = sink.deliver(Call::unbounded(), vec![track("x", json!({}))]).await.unwrap();
    assert_eq!(verdicts, [Verdict::AcceptedUnverified]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_ambiguous_for_its_record_alone_and_ends_as_a_dead_letter() {
    let fake = Plausible::start().await;
    fake.vendor.answer(|request| match request.json()["name"].as_str() {
        Some("lost") => Answer::cut(),
        _ => Answer::new(202, "ok"),
    });
    let host = plausible(&fake.vendor.url()).into_host().await;
    let analytics = host.analytics().unwrap();
    let mut states = Vec::new();
    for name in ["before", "lost", "after"] {
        let receipts = analytics.track("u1", name).await.unwrap().delivered(Duration::from_secs(20)).await;
        states.push(receipts[0].providers[0].state);
    }
    assert_eq!(states, ["accepted_unverified", "dead_lettered", "accepted_unverified"]);
    let lost = fake.vendor.requests().iter().filter(|request| request.json()["name"] == "lost").count();
    assert_eq!(lost, 1, "what may have been counted is not sent again");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_costs_only_the_records_that_were_under_way() {
    let fake = Plausible::start().await;
    fake.vendor.answer(|request| match request.json()["name"].as_str() {
        Some("hangs") => Answer::new(202, "ok").after(Duration::from_secs(60)),
        _ => Answer::new(202, "ok"),
    });
    let lines = lines(&fake.vendor.url()).replace("timeout = \"30s\"", "timeout = \"2s\"\nsettings.requests = 1");
    let sink = LoadedSink::start(setup(Kind::Analytics, "plausible", &lines), Kind::Analytics).await;
    let batch = ["before", "hangs", "after"].map(|name| track(name, json!({}))).to_vec();
    // The host would drop the call at two seconds, and with it what is known of the first record.
    let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
    let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
    assert_eq!(names, ["accepted_unverified", "ambiguous", "retry"]);
    assert_eq!(fake.vendor.requests().len(), 2, "the last was not begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_unavailable() {
    let gone = SocketAddr::from(([127, 0, 0, 1], outrigger_tests::redis_server::free_port()));
    let sink = LoadedSink::start(plausible(&format!("http://{gone}")), Kind::Analytics).await;
    let error = sink.deliver(Call::unbounded(), vec![track("x", json!({}))]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
}
