//! PostHog, by both of its protocols.

use std::sync::atomic::{AtomicBool, Ordering};

use outrigger::manifest::Kind;
use outrigger_tests::{
    test_host::eventually,
    vendor::{
        Answer, Vendor,
        posthog::{KEY, PostHog},
    },
};
use serde_json::json;

use super::{conforms, metrics, serving, standing};

fn settings(vendor: &Vendor, more: &str) -> String {
    format!("settings.url = \"{}\"\nsettings.api-key = \"{KEY}\"\n{more}", vendor.url())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_provider_conforms_by_both_protocols() {
    for protocol in ["v0", "v1"] {
        let posthog = PostHog::start().await;
        let more = format!("settings.protocol = \"{protocol}\"");
        conforms(Kind::Analytics, "posthog", &settings(&posthog.vendor, &more)).await;
        assert!(posthog.kept().len() > 1000, "{protocol}: {}", posthog.kept().len());
        let path = if protocol == "v0" { "/batch/" } else { "/i/v1/analytics/events" };
        assert!(posthog.vendor.requests().iter().all(|request| request.path == path));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_answer_the_same_event_is_sent_again() {
    let lost = AtomicBool::new(true);
    let relay = Vendor::start(move |_| match lost.swap(false, Ordering::SeqCst) {
        true => Answer::cut(),
        false => Answer::json(200, &json!({ "status": 1 })),
    })
    .await;
    let host = serving(Kind::Analytics, "posthog", &settings(&relay, "")).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("accepted", async || standing(&accepted).state == "accepted_unverified").await;
    let [first, second] = relay.requests().try_into().unwrap();
    assert_eq!(first.json()["batch"], second.json()["batch"], "the same uuid, person and time");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_event_is_found_by_halves_and_the_others_arrive() {
    let posthog = PostHog::start().await;
    posthog.vendor.answer(|request| {
        let bad = request.json()["batch"].as_array().unwrap().iter().any(|event| event["event"] == "bad");
        if bad { Answer::new(400, "cannot parse") } else { Answer::json(200, &json!({ "status": 1 })) }
    });
    let host = serving(Kind::Analytics, "posthog", &settings(&posthog.vendor, "")).await;
    let analytics = host.analytics().unwrap();
    let mut accepted = Vec::new();
    for name in ["a", "bad", "b", "c"] {
        accepted.push(analytics.track("u", name).await.unwrap());
    }
    let ended = |place: usize, state: &'static str| standing(&accepted[place]).state == state;
    eventually("each has ended", async || {
        ended(0, "accepted_unverified") && ended(1, "dead_lettered") && ended(2, "accepted_unverified")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_shown_nowhere_even_where_posthog_says_it() {
    let posthog = PostHog::start().await;
    let other = "phc_canary_canary_canary";
    let settings = format!("settings.url = \"{}\"\nsettings.api-key = \"{other}\"", posthog.vendor.url());
    let host = serving(Kind::Analytics, "posthog", &settings).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("refused", async || standing(&accepted).state == "retrying").await;
    let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
    assert!(shown.contains("API key is not valid: ***"), "{shown}");
    assert!(!shown.contains(other), "{shown}");
    assert!(posthog.vendor.requests().iter().all(|request| request.json()["api_key"] == other));
}
