//! The loaded webhook provider.

use std::{sync::Arc, time::Duration};

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject},
    sdk::{Call, ErrorKind, analytics::sort::TRACK, sink::Verdict},
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::{Setup, eventually},
    vendor::{
        Answer,
        webhook::{SECRET, TOKEN, Webhook},
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::conformance::recorded_conforms;

fn own_setup(fake: &Webhook, more: &str) -> Setup {
    setup_of(Kind::Analytics, fake, more)
}

fn setup_of(kind: Kind, fake: &Webhook, more: &str) -> Setup {
    let lines = format!(
        "timeout = \"30s\"\nsettings.url = \"{}/hook\"\nsettings.secret = \"{SECRET}\"\n\
         settings.headers.Authorization = {{ env = \"HOOK_TOKEN\" }}\n{more}",
        fake.vendor.url()
    );
    setup(kind, "webhook", &lines).variable("HOOK_TOKEN", TOKEN)
}

async fn webhook(fake: &Webhook) -> LoadedSink {
    LoadedSink::start(own_setup(fake, ""), Kind::Analytics).await
}

fn track(name: &str) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": name, "user_id": "u1" }))
}

fn ids(records: &[Value]) -> Vec<Uuid> {
    records.iter().map(|record| record["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    conforms(Kind::Analytics).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_over_monitoring_records() {
    let fake = conforms(Kind::Monitoring).await;
    assert!(fake.vendor.requests().iter().all(|request| request.json()["kind"] == "monitoring"));
}

/// Runs the suite over the plugin of a kind and returns the receiver.
async fn conforms(kind: Kind) -> Arc<Webhook> {
    let fake = Arc::new(Webhook::start().await);
    // What a receiver takes is its own affair, and the suite's largest record is larger than what nginx takes.
    fake.inbox().body_bytes_max = 64 << 20;
    let there = fake.clone();
    let start = async || LoadedSink::start(setup_of(kind, &fake, ""), kind).await;
    recorded_conforms(start, move || ids(&there.inbox().records), 16).await;
    fake
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_arrives_signed_and_a_repeat_of_it_is_recognised() {
    let fake = Webhook::start().await;
    let sink = webhook(&fake).await;
    let batch = vec![track("one"), track("two")];
    for _ in 0..2 {
        let verdicts = sink.deliver(Call::unbounded(), batch.clone()).await.unwrap();
        assert_eq!(verdicts, [Verdict::Delivered, Verdict::Delivered]);
    }
    assert_eq!(ids(&fake.inbox().records), [batch[0].id, batch[1].id]);
    let [first, second] = &fake.vendor.requests()[..] else { panic!("two requests") };
    assert_eq!(first.header("idempotency-key"), second.header("idempotency-key"));
    assert_eq!(first.json()["kind"], "analytics");
    assert_eq!(first.json()["records"][0]["event"]["event"], "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_stand_in_the_request_alone() {
    let fake = Webhook::start().await;
    let sink = webhook(&fake).await;
    sink.deliver(Call::unbounded(), vec![track("x")]).await.unwrap();
    let came = fake.vendor.requests().pop().unwrap();
    assert_eq!(came.header("authorization"), Some(TOKEN));
    assert!(!format!("{:?} {}", came.headers, String::from_utf8_lossy(&came.body)).contains(SECRET), "it only signs");
    fake.vendor.answer(|_| Answer::new(403, format!("not with {SECRET} and {TOKEN}")));
    let error = sink.deliver(Call::unbounded(), vec![track("x")]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("answered 403") && !error.message.contains("canary"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_at_fault_is_found_and_the_others_arrive() {
    let fake = Webhook::start().await;
    let host = own_setup(&fake, "").into_host().await;
    fake.vendor.answer(|request| {
        let records = request.json()["records"].as_array().cloned().unwrap_or_default();
        let poison = records.iter().any(|record| record["event"]["event"] == "poison");
        Answer::new(if poison { 422 } else { 200 }, "can't be processed")
    });
    let mut states = Vec::new();
    for name in ["a", "poison", "b"] {
        let accepted = host.analytics().unwrap().track("u1", name).await.unwrap();
        states.push(accepted.delivered(Duration::from_secs(20)).await[0].providers[0].state);
    }
    assert_eq!(states, ["delivered", "dead_lettered", "delivered"]);
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_batch_fits_what_receivers_take_unless_told_otherwise() {
    let fake = Webhook::start().await;
    let sink = webhook(&fake).await;
    let batch: Vec<_> = (0..500).map(|_| track(&"x".repeat(1_750))).collect();
    let bytes: usize = batch.iter().map(|record| record.body.len()).sum();
    assert!((890_000..900_000).contains(&bytes), "as full as the manifest allows: {bytes}");
    let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Delivered));
    let refused = sink.deliver(Call::unbounded(), vec![track(&"x".repeat(1 << 20))]).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Invalid, "alone, it is a dead letter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_a_dead_letter_unless_the_receiver_is_said_to_recognise_repeats() {
    for (more, state) in
        [("", "dead_lettered"), ("delivery.on-ambiguous = \"retry\"\ndelivery.backoff-min = \"10ms\"", "delivered")]
    {
        let fake = Webhook::start().await;
        fake.vendor.answer(|_| Answer::cut());
        let host = own_setup(&fake, more).into_host().await;
        let accepted = host.analytics().unwrap().track("u1", "x").await.unwrap();
        eventually("it was sent", async || !fake.vendor.requests().is_empty()).await;
        fake.recover();
        let receipts = accepted.delivered(Duration::from_secs(20)).await;
        assert_eq!(receipts[0].providers[0].state, state, "{more}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_leaves_the_batch_with_the_host_as_it_should() {
    let fake = Webhook::start().await;
    let sink = webhook(&fake).await;
    let cases = [
        (400, ErrorKind::Invalid),
        (413, ErrorKind::Invalid),
        (429, ErrorKind::Overloaded),
        (410, ErrorKind::Refused),
        (503, ErrorKind::Unavailable),
        (502, ErrorKind::Timeout),
    ];
    for (status, kind) in cases {
        fake.vendor.answer(move |_| Answer::new(status, "").header("retry-after", "5"));
        let error = sink.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, Some(Duration::from_secs(5))), "{status}");
    }
    fake.recover();
    let verdicts = sink.deliver(Call::unbounded(), vec![track("a")]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
}
