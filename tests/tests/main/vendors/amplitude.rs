//! The loaded Amplitude provider.

use std::{sync::Arc, time::Duration};

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject},
    sdk::{
        Call, ErrorKind,
        analytics::sort::{GROUP, IDENTIFY, TRACK},
        sink::Verdict,
    },
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    vendor::{
        Answer,
        amplitude::{API_KEY, Amplitude},
    },
};
use serde_json::json;

use crate::conformance::{recorded_conforms, uuids};

async fn amplitude(fake: &Amplitude, more: &str) -> LoadedSink {
    let url = fake.vendor.url();
    let lines = format!("timeout = \"30s\"\nsettings.api-key = \"{API_KEY}\"\nsettings.url = \"{url}\"\n{more}");
    LoadedSink::start(setup(Kind::Analytics, "amplitude", &lines), Kind::Analytics).await
}

fn track(user: &str) -> RawRecord {
    record(
        TRACK,
        &json!({ "type": "track", "event": "x", "user_id": user, "anonymous_id": format!("device of {user}") }),
    )
}

fn names(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(Verdict::as_str).collect()
}

/// The suite's users have short names.
async fn conforms(more: &str) {
    let fake = Arc::new(Amplitude::start().await);
    let more = format!("settings.min-id-length = 1\n{more}");
    let there = fake.clone();
    recorded_conforms(async || amplitude(&fake, &more).await, move || uuids(&there.insert_ids()), 19).await;
    let requests = fake.vendor.requests();
    assert!(requests.iter().all(|request| request.body.len() <= 1 << 20 || request.path == "/batch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    conforms("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_over_the_batch_endpoint() {
    conforms("settings.endpoint = \"batch\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttled_users_wait_those_over_quota_lose_and_the_rest_is_there_at_once() {
    let fake = Amplitude::start().await;
    fake.project().throttled.insert("busy-user".into());
    fake.project().over_quota.insert("greedy-user".into());
    fake.project().silenced.insert("device of silent-user".into());
    let sink = amplitude(&fake, "").await;
    let batch = ["user-1", "busy-user", "greedy-user", "silent-user", "user-2"].map(track).to_vec();
    let verdicts = sink.deliver(Call::unbounded(), batch.clone()).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "retry", "dropped_by_vendor", "rejected", "delivered"]);
    assert!(matches!(&verdicts[1], Verdict::Retry { after: Some(wait), .. } if wait.as_secs() == 30), "{verdicts:?}");
    assert_eq!(fake.insert_ids(), [batch[0].id.to_string(), batch[4].id.to_string()]);
    assert_eq!(fake.vendor.requests().len(), 3, "one with all, one without the silenced, one without the throttled");

    fake.project().throttled.clear();
    let again = sink.deliver(Call::unbounded(), vec![batch[1].clone()]).await.unwrap();
    assert_eq!(again, [Verdict::Delivered]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_a_group_get_their_traits() {
    let fake = Amplitude::start().await;
    let sink = amplitude(&fake, "settings.group-type = \"company\"").await;
    let identify = json!({ "type": "identify", "user_id": "user-1", "traits": { "plan": "pro" } });
    let group = json!({ "type": "group", "user_id": "user-1", "group_id": "acme", "traits": { "seats": 7 } });
    let batch = vec![record(IDENTIFY, &identify), record(GROUP, &group)];
    assert_eq!(names(&sink.deliver(Call::unbounded(), batch).await.unwrap()), ["delivered", "delivered"]);
    let events = fake.project().events.clone();
    let kinds: Vec<_> = events.iter().map(|event| event["event_type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["$identify", "$identify", "$groupidentify"]);
    assert_eq!(events[0]["user_properties"]["$set"]["plan"], "pro");
    assert_eq!(events[1]["groups"]["company"], "acme");
    assert_eq!(events[2]["group_properties"]["$set"]["seats"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_tried_again_and_counted_once() {
    let fake = Amplitude::start().await;
    let sink = amplitude(&fake, "").await;
    let batch = vec![track("user-1"), track("user-2")];
    sink.deliver(Call::unbounded(), batch.clone()).await.unwrap();
    // What went out the first time is sent again, as after a time-out.
    assert_eq!(names(&sink.deliver(Call::unbounded(), batch).await.unwrap()), ["delivered", "delivered"]);
    assert_eq!(fake.insert_ids().len(), 2);
    fake.vendor.answer(|_| Answer::cut());
    let lost = sink.deliver(Call::unbounded(), vec![track("user-1")]).await.unwrap_err();
    assert_eq!(lost.kind, ErrorKind::Timeout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_stands_in_the_body_alone_and_a_refusal_does_not_repeat_it() {
    let fake = Amplitude::start().await;
    let sink = amplitude(&fake, "").await;
    sink.deliver(Call::unbounded(), vec![track("user-1")]).await.unwrap();
    let came = fake.vendor.requests().pop().unwrap();
    assert_eq!(came.json()["api_key"], API_KEY);
    assert!(!format!("{:?} {} {}", came.headers, came.path, came.query).contains(API_KEY));

    let wrong = format!("settings.api-key = \"wrong-canary\"\nsettings.url = \"{}\"", fake.vendor.url());
    let sink = LoadedSink::start(setup(Kind::Analytics, "amplitude", &wrong), Kind::Analytics).await;
    let error = sink.deliver(Call::unbounded(), vec![track("user-1")]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("Invalid API key") && !error.message.contains("canary"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_answer_leaves_the_whole_batch_with_the_host() {
    let fake = Amplitude::start().await;
    let sink = amplitude(&fake, "").await;
    let cases = [
        (429, ErrorKind::Overloaded, Some(Duration::from_secs(30))),
        (500, ErrorKind::Unavailable, None),
        (503, ErrorKind::Unavailable, None),
        (504, ErrorKind::Timeout, None),
        (403, ErrorKind::Refused, None),
    ];
    for (status, kind, wait) in cases {
        fake.vendor.answer(move |_| Answer::new(status, ""));
        let error = sink.deliver(Call::unbounded(), vec![track("user-1"), track("user-2")]).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, wait), "{status}");
    }
}
