//! Sentry: envelopes by the letter, and every answer it documents.

use outrigger::{manifest::Kind, plugin_api::sdk::monitoring::Event};
use outrigger_tests::{
    test_host::eventually,
    vendor::{
        Answer, Request, Vendor,
        sentry::{self, KEY, read},
    },
};
use serde_json::{Value, json};

use super::{conforms, metrics, serving, standing};

fn settings(vendor: &Vendor, key: &str) -> String {
    let address = vendor.address();
    format!("settings.dsn = \"http://{key}@{address}/42\"\nsettings.release = \"app@1\"")
}

fn error(text: &str) -> Event {
    let body =
        json!({ "type": "error", "exceptions": [{ "type": "E", "value": text, "frames": [{ "function": "f" }] }] });
    serde_json::from_value(body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_provider_conforms_and_its_envelopes_are_taken() {
    let vendor = Vendor::start(sentry::answer).await;
    conforms(Kind::Monitoring, "sentry", &settings(&vendor, KEY)).await;
    let refused: Vec<_> = vendor.requests().iter().map(|request| read(&request.body)).filter_map(Result::err).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(vendor.requests().len() > 100);
}

/// Reports one error to a server that answers so, and returns how it stands once `state` is reached.
async fn reported(
    state: &str,
    answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
) -> (String, Option<String>) {
    let vendor = Vendor::start(answer).await;
    let host = serving(Kind::Monitoring, "sentry", &settings(&vendor, KEY)).await;
    let accepted = host.monitoring().unwrap().report(error("oops")).await.unwrap();
    eventually(state, async || standing(&accepted).state == state).await;
    let progressed = standing(&accepted);
    (progressed.state.to_owned(), progressed.reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_its_verdict() {
    let status = |status| move |_: &Request| Answer::new(status, "{\"detail\":\"why\"}");
    for (code, state) in [(200, "delivered"), (202, "delivered"), (400, "dead_lettered"), (413, "dead_lettered")] {
        reported(state, status(code)).await;
    }
    for code in [401, 403, 404, 408, 429, 500, 503] {
        let (_, reason) = reported("retrying", status(code)).await;
        let expected = if code == 429 { "limits the rate" } else { "why" };
        assert!(reason.clone().is_some_and(|reason| reason.contains(expected)), "{code}: {reason:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_the_same_event_arrives_once_more_with_the_same_id() {
    let vendor = Vendor::start(|_| Answer::cut()).await;
    let host = serving(Kind::Monitoring, "sentry", &settings(&vendor, KEY)).await;
    let accepted = host.monitoring().unwrap().report(error("oops")).await.unwrap();
    eventually("a try without an answer", async || standing(&accepted).state == "retrying").await;
    vendor.answer(sentry::answer);
    eventually("delivered", async || standing(&accepted).state == "delivered").await;
    let events = vendor.requests().iter().map(|request| read(&request.body).unwrap().1).collect::<Vec<_>>();
    assert!(events.len() >= 2);
    let mut ids: Vec<Value> = events.iter().flatten().map(|item| item.payload["event_id"].clone()).collect();
    ids.dedup();
    assert_eq!(ids, [json!(accepted.ids()[0].simple().to_string())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_up_its_category_alone() {
    let vendor = Vendor::start(|request| {
        let limited = read(&request.body).unwrap().1.iter().any(|item| item.header["type"] == "event");
        match limited {
            true => Answer::new(429, "").header("x-sentry-rate-limits", "3600:error:organization"),
            false => sentry::answer(request),
        }
    })
    .await;
    let host = serving(Kind::Monitoring, "sentry", &settings(&vendor, KEY)).await;
    let monitoring = host.monitoring().unwrap();
    let held = monitoring.report(error("oops")).await.unwrap();
    eventually("limited", async || standing(&held).state == "retrying").await;
    let log = serde_json::from_value(json!({ "type": "log", "message": "fine" })).unwrap();
    let log = monitoring.report(log).await.unwrap();
    eventually("the log arrives", async || standing(&log).state == "delivered").await;
    assert_eq!(standing(&held).state, "retrying");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_nowhere_but_in_the_request_even_where_the_server_says_it() {
    const OTHER: &str = "canary0123456789canary0123456789";
    let vendor = Vendor::start(sentry::answer).await;
    let host = serving(Kind::Monitoring, "sentry", &settings(&vendor, OTHER)).await;
    let accepted = host.monitoring().unwrap().report(error("oops")).await.unwrap();
    eventually("refused", async || standing(&accepted).state == "retrying").await;
    let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
    assert!(shown.contains("bad sentry DSN public key"), "the server's words are passed on: {shown}");
    assert!(!shown.contains(OTHER), "{shown}");
    let sent = vendor.requests();
    assert!(sent.iter().all(|request| request.header("x-sentry-auth").unwrap().contains(OTHER)));
    assert!(sent.iter().all(|request| !format!("{:?}{}", request.body, request.query).contains(OTHER)));
}
