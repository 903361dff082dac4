//! Google Analytics: what is sent is what its rules admit, since its answers never tell.

use outrigger::manifest::Kind;
use outrigger_tests::{
    test_host::eventually,
    vendor::{
        Answer, Vendor,
        google_analytics::{GoogleAnalytics, STREAM},
    },
};

use super::{conforms, metrics, serving, standing};

fn settings(vendor: &Vendor, more: &str) -> String {
    let (id, secret) = STREAM;
    let url = vendor.url();
    format!("settings.url = \"{url}\"\nsettings.measurement-id = \"{id}\"\nsettings.api-secret = \"{secret}\"\n{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_provider_conforms_and_all_it_sends_is_kept() {
    let google = GoogleAnalytics::start().await;
    conforms(Kind::Analytics, "google_analytics", &settings(&google.vendor, "")).await;
    assert_eq!(google.refused(), Vec::<String>::new());
    assert!(google.kept().len() > 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_sending_is_a_dead_letter_and_not_a_second_event() {
    let google = Vendor::start(|_| Answer::cut()).await;
    let host = serving(Kind::Analytics, "google_analytics", &settings(&google, "")).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("a dead letter", async || standing(&accepted).state == "dead_lettered").await;
    assert_eq!(google.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_waited_for_and_the_time_stays() {
    let down = Vendor::start(|_| Answer::new(503, "")).await;
    let host = serving(Kind::Analytics, "google_analytics", &settings(&down, "")).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("two tries", async || down.requests().len() >= 2).await;
    let first = down.requests()[0].body.clone();
    down.answer(|_| Answer::new(204, ""));
    eventually("accepted", async || standing(&accepted).state == "accepted_unverified").await;
    assert!(down.requests().iter().all(|request| request.body == first), "every try is the same bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_validation_an_objection_is_in_the_receipt() {
    let google = GoogleAnalytics::start().await;
    google.vendor.answer(|request| match request.path.as_str() {
        "/debug/mp/collect" => Answer::new(
            200,
            r#"{"validationMessages":[{"fieldPath":"events","description":"bad name","validationCode":"NAME_INVALID"}]}"#,
        ),
        _ => Answer::new(204, ""),
    });
    let host =
        serving(Kind::Analytics, "google_analytics", &settings(&google.vendor, "settings.validate = true")).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("rejected", async || standing(&accepted).state == "dead_lettered").await;
    assert_eq!(google.vendor.requests().len(), 1, "what is rejected is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_in_the_request_s_address_alone() {
    let vendor = Vendor::start(|request| Answer::new(401, format!("no such secret: {}", request.query))).await;
    let host = serving(Kind::Analytics, "google_analytics", &settings(&vendor, "")).await;
    let accepted = host.analytics().unwrap().track("u", "paid").await.unwrap();
    eventually("refused", async || standing(&accepted).state == "retrying").await;
    let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
    assert!(shown.contains("no such secret"), "{shown}");
    assert!(!shown.contains(STREAM.1), "{shown}");
    for request in vendor.requests() {
        assert!(request.query.contains(STREAM.1));
        assert!(!format!("{:?} {:?}", request.headers, request.body).contains(STREAM.1));
    }
}
