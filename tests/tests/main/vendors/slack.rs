//! The loaded Slack provider.

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{self, Fixture, Subject},
    sdk::{Call, ErrorKind, Health, monitoring::sort::ERROR, sink::Verdict},
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    test_host::eventually,
    vendor::{Answer, slack::Slack},
};
use serde_json::json;

fn lines(fake: &Slack, more: &str) -> String {
    format!("timeout = \"30s\"\nsettings.webhook-url = \"{}\"\n{more}", fake.webhook())
}

async fn slack(fake: &Slack, more: &str) -> LoadedSink {
    LoadedSink::start(setup(Kind::Monitoring, "slack", &lines(fake, more)), Kind::Monitoring).await
}

fn error(value: &str) -> serde_json::Value {
    json!({ "type": "error", "exceptions": [{ "type": "AppError", "value": value }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let fake = Slack::start().await;
    fake.unhurried();
    let start = async || Ok(Fixture::new(slack(&fake, "settings.window = \"0s\"\nsettings.level = \"debug\"").await));
    let report = sink::run(start, sink::Options::default()).await;
    report.assert_ok();
    let passed = report.cases.iter().filter(|(_, outcome)| *outcome == sink::Outcome::Passed).count();
    assert!(passed >= 15, "too few cases applied: {report:#?}");
    assert!(fake.posted().len() > 20);
    let refused = fake.vendor.requests().len() - fake.posted().len();
    assert_eq!(refused, 0, "every message was within Slack's bounds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_one_message_a_window_and_nothing_is_lost() {
    let fake = Slack::start().await;
    let more = "settings.window = \"2s\"\ndelivery.backoff-min = \"10ms\"";
    let host = setup(Kind::Monitoring, "slack", &lines(&fake, more)).into_host().await;
    let monitoring = host.monitoring().unwrap();
    for number in 0..200 {
        let event = serde_json::from_value(error(&format!("card {number} declined"))).unwrap();
        monitoring.report(event).await.unwrap();
    }
    let all_there = async || host.deliveries().unwrap().status().lanes.iter().all(|lane| lane.behind == 0);
    eventually("all are delivered", all_there).await;
    let posted = fake.posted();
    assert!(posted.len() <= 4, "{} messages", posted.len());
    let records = posted.iter().map(|message| {
        let text = message["text"].as_str().unwrap();
        text.split(' ').next().unwrap().parse::<usize>().unwrap()
    });
    assert_eq!(records.sum::<usize>(), 200);
    let later = posted.last().unwrap().to_string();
    assert!(posted.len() == 1 || later.contains("suppressed, again"), "{later}");
    let statuses = fake.vendor.requests().len();
    assert_eq!(statuses, posted.len(), "no message was refused for coming too early");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_kind_and_a_broken_webhook_shows_in_health() {
    let fake = Slack::start().await;
    let sink = slack(&fake, "settings.window = \"0s\"").await;
    for (status, body, kind) in [
        (400, "invalid_payload", ErrorKind::Invalid),
        (429, "", ErrorKind::Overloaded),
        (500, "rollup_error", ErrorKind::Unavailable),
        (404, "channel_not_found", ErrorKind::Refused),
        (410, "channel_is_archived", ErrorKind::Refused),
    ] {
        fake.vendor.answer(move |_| Answer::new(status, body));
        let error = sink.deliver(Call::unbounded(), vec![record(ERROR, &error("x"))]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {body}");
        assert!(!error.message.contains("XXXX"), "{}", error.message);
    }
    assert!(matches!(sink.health(Call::unbounded()).await, Ok(Health::Degraded(why)) if why.contains("410")));
    fake.vendor.answer(|_| Answer::new(200, "ok"));
    let verdicts = sink.deliver(Call::unbounded(), vec![record(ERROR, &error("x"))]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
    assert_eq!(sink.health(Call::unbounded()).await, Ok(Health::Serving));
}
