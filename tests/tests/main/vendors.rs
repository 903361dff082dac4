//! Each provider that speaks to a vendor, loaded as a library, against a server that keeps the vendor's rules.

#[path = "vendors/amplitude.rs"]
mod amplitude;
#[path = "vendors/datadog.rs"]
mod datadog;
#[path = "vendors/fan_out.rs"]
mod fan_out;
#[path = "vendors/google_analytics.rs"]
mod google_analytics;
#[path = "vendors/logrocket.rs"]
mod logrocket;
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
use outrigger_plugin_api::conformance::sink;
use outrigger_tests::{
    sink_subject::LoadedSink,
    test_host::{OwnHost, Setup},
};

/// Returns a configuration with one provider, whose block ends with `settings`.
fn configuration(kind: Kind, provider: &str, settings: &str) -> String {
    let list = |of: Kind| if of == kind { format!("\"{provider}\"") } else { String::new() };
    format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [{}]\n[analytics]\nproviders = [{}]\n[providers.{provider}]\ntimeout = \"30s\"\n{settings}\n",
        list(Kind::Monitoring),
        list(Kind::Analytics)
    )
}

/// Runs the suite of sinks over a provider; every case gets a host of its own.
pub(crate) async fn conforms(kind: Kind, provider: &str, settings: &str) {
    let start = async || {
        let setup =
            Setup::new(&configuration(kind, provider, settings), &["cache_memory", &format!("{kind}_{provider}")]);
        Ok(sink::Fixture::new(LoadedSink::start(setup, kind).await))
    };
    let report = sink::run(start, sink::Options::default()).await;
    report.assert_ok();
    let passed = report.cases.iter().filter(|(_, outcome)| *outcome == sink::Outcome::Passed).count();
    assert!(passed >= 10, "too few cases applied: {report:#?}");
}

/// Starts a host with one provider that gives up nothing soon.
pub(crate) async fn serving(kind: Kind, provider: &str, settings: &str) -> OwnHost {
    let delivery = "delivery = { backoff-min = \"20ms\", backoff-max = \"100ms\" }\nbreaker.failures = 1000\n";
    let text = configuration(kind, provider, &format!("{delivery}{settings}"));
    let host = Setup::new(&text, &["cache_memory", &format!("{kind}_{provider}")]).into_host().await;
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
    let app = outrigger::admin::app(host.clone(), "127.0.0.1:8182".parse().unwrap(), None);
    let answer = crate::http::ask(&app, crate::http::request("GET", "/metrics", "")).await;
    String::from_utf8(answer.body.to_vec()).unwrap()
}
