//! Datadog: whatever it answers 202 to is also kept whole.

use outrigger::manifest::Kind;
use outrigger_tests::{
    test_host::eventually,
    vendor::{
        Answer, Vendor,
        datadog::{Datadog, KEY},
    },
};
use serde_json::json;

use super::{conforms, metrics, serving, standing};

fn settings(vendor: &Vendor, key: &str, more: &str) -> String {
    format!("settings.url = \"{}\"\nsettings.api-key = \"{key}\"\n{more}", vendor.url())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_provider_conforms_and_nothing_is_dropped_in_silence() {
    for more in ["", "settings.spans = \"logs\"\nsettings.events = \"events\""] {
        let datadog = Datadog::start().await;
        conforms(Kind::Monitoring, "datadog", &settings(&datadog.vendor, KEY, more)).await;
        datadog.kept(|kept| {
            assert_eq!(kept.dropped, Vec::<String>::new());
            assert!(kept.logs.len() > 1000);
            assert_eq!(kept.series.is_empty(), !more.is_empty());
            assert_eq!(kept.events.is_empty(), more.is_empty());
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_arrives_as_error_tracking_wants_it() {
    let datadog = Datadog::start().await;
    let host =
        serving(Kind::Monitoring, "datadog", &settings(&datadog.vendor, KEY, "settings.service = \"shop\"")).await;
    let error =
        json!({ "type": "error", "exceptions": [{ "type": "E", "value": "oops", "frames": [{ "function": "f" }] }] });
    let accepted = host.monitoring().unwrap().report(serde_json::from_value(error).unwrap()).await.unwrap();
    eventually("delivered", async || standing(&accepted).state == "delivered").await;
    datadog.kept(|kept| {
        let log = &kept.logs[0];
        assert_eq!(
            (&log["service"], &log["status"], &log["error"]["kind"]),
            (&json!("shop"), &json!("error"), &json!("E"))
        );
        assert_eq!(log["error"]["stack"], "E: oops\n  at f (?)");
        assert_eq!(log["outrigger"]["id"], json!(accepted.ids()[0]));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_sending_is_a_dead_letter_by_default() {
    let vendor = Vendor::start(|_| Answer::cut()).await;
    let host = serving(Kind::Monitoring, "datadog", &settings(&vendor, KEY, "")).await;
    let log = serde_json::from_value(json!({ "type": "log", "message": "x" })).unwrap();
    let accepted = host.monitoring().unwrap().report(log).await.unwrap();
    eventually("a dead letter", async || standing(&accepted).state == "dead_lettered").await;
    assert_eq!(vendor.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_in_its_header_alone_even_where_datadog_says_it() {
    let datadog = Datadog::start().await;
    let other = "canary0123456789abcdef0123456789";
    let host = serving(Kind::Monitoring, "datadog", &settings(&datadog.vendor, other, "")).await;
    let log = serde_json::from_value(json!({ "type": "log", "message": "x" })).unwrap();
    let accepted = host.monitoring().unwrap().report(log).await.unwrap();
    eventually("refused", async || standing(&accepted).state == "retrying").await;
    let shown = format!("{:?} {} {:?}", standing(&accepted), metrics(&host).await, host.readiness());
    assert!(shown.contains("Forbidden: ***"), "{shown}");
    assert!(!shown.contains(other), "{shown}");
    let requests = datadog.vendor.requests();
    assert!(
        requests.iter().all(|request| !format!("{:?}{}{}", request.body, request.path, request.query).contains(other))
    );
}
