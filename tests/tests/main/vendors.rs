//! Each provider that speaks to a vendor, loaded as a library, against a server that keeps the vendor's rules.

#[path = "vendors/amplitude.rs"]
mod amplitude;
#[path = "vendors/clickhouse.rs"]
mod clickhouse;
#[path = "vendors/datadog.rs"]
mod datadog;
#[path = "vendors/fan_out.rs"]
mod fan_out;
#[path = "vendors/google_analytics.rs"]
mod google_analytics;
#[path = "vendors/logrocket.rs"]
mod logrocket;
#[path = "vendors/mixpanel.rs"]
mod mixpanel;
#[path = "vendors/otlp.rs"]
mod otlp;
#[path = "vendors/plausible.rs"]
mod plausible;
#[path = "vendors/posthog.rs"]
mod posthog;
#[path = "vendors/segment.rs"]
mod segment;
#[path = "vendors/sentry.rs"]
mod sentry;
#[path = "vendors/slack.rs"]
mod slack;
#[path = "vendors/upstash.rs"]
mod upstash;
#[path = "vendors/webhook.rs"]
mod webhook;

use outrigger::{Host, deliver::Progressed, manifest::Kind};
use outrigger_tests::{
    loaded_sink::setup,
    test_host::{OwnHost, operations},
};

pub(crate) use crate::conformance::sink_conforms as conforms;

/// Starts a host with one provider that gives up nothing soon.
pub(crate) async fn serving(kind: Kind, provider: &str, settings: &str) -> OwnHost {
    let delivery = "delivery = { backoff-min = \"20ms\", backoff-max = \"100ms\" }\nbreaker.failures = 1000\n";
    let host = setup(kind, provider, &format!("timeout = \"30s\"\n{delivery}{settings}")).into_host().await;
    let readiness = host.readiness();
    assert!(readiness.ready && !readiness.degraded, "{readiness:?}");
    host
}

/// Returns how the only event of a receipt stands at the only provider.
pub(crate) fn standing(accepted: &outrigger::deliver::Accepted) -> Progressed {
    let [receipt] = accepted.receipts().try_into().unwrap();
    let [progressed] = receipt.providers.try_into().unwrap();
    progressed
}

/// Returns everything that a person can read of a host: receipts are asked for by the caller.
pub(crate) async fn metrics(host: &Host) -> String {
    let app = outrigger::admin::app(operations(host), "127.0.0.1:8182".parse().unwrap(), None);
    let answer = crate::http::ask(&app, crate::http::request("GET", "/metrics", "")).await;
    String::from_utf8(answer.body.to_vec()).unwrap()
}
