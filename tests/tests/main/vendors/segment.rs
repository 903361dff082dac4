//! The loaded Segment provider.

use std::{sync::Arc, time::Duration};

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject},
    sdk::{
        Call, ErrorKind,
        analytics::sort::{ALIAS, TRACK},
        sink::Verdict,
    },
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::Setup,
    vendor::{
        Answer,
        segment::{Segment, WRITE_KEY},
    },
};
use serde_json::json;

use crate::conformance::{recorded_conforms, uuids};

fn own_setup(fake: &Segment, more: &str) -> Setup {
    let url = fake.vendor.url();
    let lines = format!("timeout = \"30s\"\nsettings.write-key = \"{WRITE_KEY}\"\nsettings.url = \"{url}\"\n{more}");
    setup(Kind::Analytics, "segment", &lines)
}

async fn segment(fake: &Segment) -> LoadedSink {
    LoadedSink::start(own_setup(fake, ""), Kind::Analytics).await
}

fn track(name: &str) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": name, "user_id": "u1" }))
}

async fn conforms(more: &str) -> Arc<Segment> {
    let fake = Arc::new(Segment::start().await);
    let there = fake.clone();
    recorded_conforms(
        async || LoadedSink::start(own_setup(&fake, more), Kind::Analytics).await,
        move || uuids(&there.message_ids()),
        19,
    )
    .await;
    assert!(fake.source().dropped.is_empty(), "thrown away after a 200: {:?}", fake.source().dropped);
    fake
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_and_nothing_is_thrown_away_in_silence() {
    let fake = conforms("").await;
    assert!(fake.vendor.requests().iter().all(|request| request.header("content-encoding").is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_with_compressed_requests() {
    let fake = conforms("settings.gzip = true").await;
    assert!(fake.vendor.requests().iter().any(|request| request.header("content-encoding") == Some("gzip")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_segment_would_drop_is_refused_and_the_rest_arrives() {
    let fake = Segment::start().await;
    let sink = segment(&fake).await;
    let alias = json!({ "type": "alias", "previous_id": "a0", "anonymous_id": "a1" });
    let nobody = json!({ "type": "track", "event": "x" });
    let large = track(&"x".repeat(33 << 10));
    let batch = vec![track("before"), record(ALIAS, &alias), record(TRACK, &nobody), large, track("after")];
    let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
    let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
    assert_eq!(names, ["accepted_unverified", "rejected", "rejected", "rejected", "accepted_unverified"]);
    let kept = fake.source().kept.clone();
    assert_eq!(kept.iter().map(|message| &message["event"]).collect::<Vec<_>>(), ["before", "after"]);
    assert_eq!(kept[0]["timestamp"], "2026-11-23T00:00:00.000Z");
    assert!(fake.source().dropped.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_s_message_id_arrives_and_a_repeat_of_it_is_kept_once() {
    let fake = Segment::start().await;
    let host = own_setup(&fake, "").into_host().await;
    let event =
        json!({ "type": "track", "event": "Paid", "user_id": "u1", "message_id": "node-next-1795392000000-0b1c" });
    for _ in 0..2 {
        let event = serde_json::from_value(event.clone()).unwrap();
        let accepted = host.analytics().unwrap().send(event).await.unwrap();
        let receipts = accepted.delivered(Duration::from_secs(20)).await;
        assert_eq!(receipts[0].providers[0].state, "accepted_unverified");
    }
    assert_eq!(fake.message_ids(), ["node-next-1795392000000-0b1c"]);
    assert_eq!(fake.vendor.requests().len(), 2);
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_stands_in_one_header_and_in_nothing_that_is_said() {
    let fake = Segment::start().await;
    let sink = segment(&fake).await;
    sink.deliver(Call::unbounded(), vec![track("a")]).await.unwrap();
    let came = fake.vendor.requests().pop().unwrap();
    assert!(came.header("authorization").unwrap().starts_with("Basic "));
    assert!(!String::from_utf8_lossy(&came.body).contains(WRITE_KEY));
    assert!(!format!("{:?} {} {}", came.headers, came.path, came.query).contains(WRITE_KEY));
    fake.vendor.answer(|_| Answer::new(401, format!("no such source: {WRITE_KEY}")));
    let error = sink.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("no such source") && !error.message.contains("canary"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_leaves_the_batch_with_the_host_as_it_should() {
    let fake = Segment::start().await;
    let sink = segment(&fake).await;
    let cases = [
        (429, ErrorKind::Overloaded, Some(5)),
        (500, ErrorKind::Unavailable, None),
        (503, ErrorKind::Unavailable, None),
        (502, ErrorKind::Timeout, None),
        (403, ErrorKind::Refused, None),
    ];
    for (status, kind, wait) in cases {
        fake.vendor.answer(move |_| match status {
            429 => Answer::new(status, "").header("x-ratelimit-reset", "5"),
            _ => Answer::new(status, ""),
        });
        let error = sink.deliver(Call::unbounded(), vec![track("a"), track("b")]).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, wait.map(Duration::from_secs)), "{status}");
    }
    fake.vendor.answer(|_| Answer::cut());
    assert_eq!(sink.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err().kind, ErrorKind::Timeout);
    fake.vendor.answer(|_| Answer::new(400, "payload too large"));
    let verdicts = sink.deliver(Call::unbounded(), vec![track("a"), track("b")]).await.unwrap();
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Rejected(_))), "{verdicts:?}");
}
