//! The loaded Mixpanel provider.

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
        mixpanel::{Mixpanel, SERVICE_ACCOUNT, TOKEN},
    },
};
use serde_json::{Value, json};

use crate::conformance::{recorded_conforms, uuids};

async fn mixpanel(fake: &Mixpanel, more: &str) -> LoadedSink {
    let url = fake.vendor.url();
    let lines = format!("timeout = \"30s\"\nsettings.token = \"{TOKEN}\"\nsettings.url = \"{url}\"\n{more}");
    LoadedSink::start(setup(Kind::Analytics, "mixpanel", &lines), Kind::Analytics).await
}

fn track(event: &str, properties: Value) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": event, "user_id": "user-1", "properties": properties }))
}

fn names(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(Verdict::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let fake = Arc::new(Mixpanel::start().await);
    let there = fake.clone();
    recorded_conforms(async || mixpanel(&fake, "").await, move || uuids(&there.insert_ids()), 19).await;
    let requests = fake.vendor.requests();
    assert!(requests.iter().all(|request| request.body.len() <= 2_000_000), "the default bound of a request");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_import_names_is_refused_alone() {
    let fake = Mixpanel::start().await;
    let sink = mixpanel(&fake, "").await;
    let batch = vec![
        track("one", json!({})),
        track("two", json!({ "refuse_me": true })),
        track("three", json!({ "list": vec![0; 256] })),
        track("four", json!({})),
    ];
    let verdicts = sink.deliver(Call::unbounded(), batch.clone()).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "rejected", "rejected", "delivered"]);
    let why = |place: usize| match &verdicts[place] {
        Verdict::Rejected(why) => why.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(why(1), "Mixpanel says: `properties.refuse_me` as the test says");
    assert_eq!(why(2), "property `list`: 256 elements, Mixpanel takes 255");
    assert_eq!(fake.insert_ids(), [batch[0].id.to_string(), batch[3].id.to_string()]);
    assert_eq!(fake.vendor.requests().len(), 1, "a 400 is never sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_a_group_get_their_traits_and_both_ids_are_joined() {
    let fake = Mixpanel::start().await;
    let sink = mixpanel(&fake, "settings.group-key = \"account\"").await;
    let identify = json!({
        "type": "identify", "user_id": "user-1", "anonymous_id": "visitor-1",
        "traits": { "email": "a@b.example", "plan": "pro" },
    });
    let group = json!({ "type": "group", "user_id": "user-1", "group_id": "acme", "traits": { "seats": 7 } });
    let batch = vec![record(IDENTIFY, &identify), record(GROUP, &group)];
    assert_eq!(names(&sink.deliver(Call::unbounded(), batch).await.unwrap()), ["delivered", "delivered"]);
    let project = fake.project();
    let joined = &project.events[0];
    assert_eq!((&joined["event"], &joined["properties"]["$device_id"]), (&json!("$identify"), &json!("visitor-1")));
    let expected = json!({ "$email": "a@b.example", "plan": "pro", "account": ["acme"] });
    assert_eq!(Value::from(project.profiles["user-1"].clone()), expected);
    assert_eq!(project.groups[&("account".to_owned(), "acme".to_owned())]["seats"], 7);
    drop(project);
    let mut paths: Vec<_> = fake.vendor.requests().into_iter().map(|request| request.path).collect();
    paths.dedup();
    assert_eq!(paths, ["/import", "/engage", "/groups"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_tried_again_and_counted_once() {
    let fake = Mixpanel::start().await;
    let sink = mixpanel(&fake, "").await;
    let batch = vec![track("one", json!({})), track("two", json!({}))];
    for _ in 0..2 {
        let verdicts = sink.deliver(Call::unbounded(), batch.clone()).await.unwrap();
        assert_eq!(names(&verdicts), ["delivered", "delivered"]);
    }
    assert_eq!(fake.insert_ids().len(), 2);
    fake.vendor.answer(|_| Answer::cut());
    let lost = sink.deliver(Call::unbounded(), batch).await.unwrap_err();
    assert_eq!(lost.kind, ErrorKind::Timeout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_imports_in_the_name_of_its_project() {
    let fake = Mixpanel::start().await;
    let (user, secret, project) = SERVICE_ACCOUNT;
    let account = format!(
        "settings.service-account = \"{user}\"\nsettings.service-account-secret = \"{secret}\"\nsettings.project-id = \"{project}\""
    );
    let sink = mixpanel(&fake, &account).await;
    let verdicts = sink.deliver(Call::unbounded(), vec![track("one", json!({}))]).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered"]);
    let came = fake.vendor.requests().pop().unwrap();
    assert!(!format!("{:?} {} {:?}", came.headers, came.query, came.body).contains(TOKEN), "the token is not needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_stops_everything_and_is_not_repeated() {
    let fake = Mixpanel::start().await;
    let lines = format!("settings.token = \"wrong-canary\"\nsettings.url = \"{}\"", fake.vendor.url());
    let sink = LoadedSink::start(setup(Kind::Analytics, "mixpanel", &lines), Kind::Analytics).await;
    let error = sink.deliver(Call::unbounded(), vec![track("one", json!({}))]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("Invalid credentials") && !error.message.contains("canary"), "{error}");
    // Updates of users and groups name the token in the body, and are answered 200 where it is wrong.
    let identify = record(IDENTIFY, &json!({ "type": "identify", "user_id": "user-1", "traits": { "plan": "pro" } }));
    fake.vendor.answer(|request| {
        let token = &request.json()[0]["$token"];
        Answer::json(200, &json!({ "status": 0, "error": format!("unknown token {}", token.as_str().unwrap()) }))
    });
    let sink = LoadedSink::start(setup(Kind::Analytics, "mixpanel", &lines), Kind::Analytics).await;
    let verdicts = sink.deliver(Call::unbounded(), vec![identify]).await.unwrap();
    let Verdict::Rejected(why) = &verdicts[0] else { panic!("{verdicts:?}") };
    assert!(why.contains("unknown token") && !why.contains("canary"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_names_no_wait_so_it_doubles_until_something_is_taken() {
    let fake = Mixpanel::start().await;
    let sink = mixpanel(&fake, "").await;
    let deliver = async || sink.deliver(Call::unbounded(), vec![track("one", json!({}))]).await;
    fake.vendor.answer(|_| Answer::json(429, &json!({ "code": 429, "error": "Project exceeded rate limits" })));
    for seconds in [2, 4, 8, 16, 32, 60, 60] {
        let error = deliver().await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (ErrorKind::Overloaded, Some(Duration::from_secs(seconds))));
    }
    fake.vendor.answer(|_| Answer::json(200, &json!({ "code": 200, "num_records_imported": 1 })));
    assert_eq!(deliver().await.unwrap(), [Verdict::Delivered]);
    for (status, kind, wait) in [
        (503, ErrorKind::Unavailable, Some(Duration::from_secs(2))),
        (502, ErrorKind::Unavailable, Some(Duration::from_secs(4))),
        (500, ErrorKind::Unavailable, None),
        (504, ErrorKind::Timeout, None),
        (403, ErrorKind::Refused, None),
    ] {
        fake.vendor.answer(move |_| Answer::new(status, ""));
        let error = deliver().await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, wait), "{status}");
    }
}
