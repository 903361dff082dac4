//! One error and one event reach every provider, each in its vendor's shape, and a vendor that is down costs only itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use outrigger::deliver::{Accepted, Progressed};
use outrigger_tests::{
    test_host::{OwnHost, Setup, eventually},
    vendor::{
        Answer, Vendor,
        datadog::{self, Datadog},
        google_analytics::{GoogleAnalytics, STREAM},
        mixpanel::{Mixpanel, TOKEN},
        otlp::{self, Otlp},
        plausible::Plausible,
        posthog::{KEY, PostHog},
        sentry,
        slack::{self, Slack},
    },
};
use serde_json::json;

/// The vendors of a host.
struct Vendors {
    sentry: Vendor,
    slack: Slack,
    datadog: Datadog,
    otlp: Otlp,
    google: GoogleAnalytics,
    posthog: PostHog,
    mixpanel: Mixpanel,
    plausible: Plausible,
}

impl Vendors {
    async fn start() -> Self {
        Self {
            sentry: Vendor::start(sentry::answer).await,
            slack: Slack::start().await,
            datadog: Datadog::start().await,
            otlp: Otlp::start().await,
            google: GoogleAnalytics::start().await,
            posthog: PostHog::start().await,
            mixpanel: Mixpanel::start().await,
            plausible: Plausible::start().await,
        }
    }

    async fn host(&self) -> OwnHost {
        self.host_repeating("20ms", "100ms").await
    }

    /// Starts a host that repeats a delivery after the least of these waits at first, and never after more than the other.
    async fn host_repeating(&self, least: &str, most: &str) -> OwnHost {
        let (id, secret) = STREAM;
        let text = format!(
            "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [\"sentry\", \"console\", \"slack\", \"datadog\", \"otlp\"]\n\
             [analytics]\nproviders = [\"google_analytics\", \"posthog\", \"mixpanel\", \"plausible\", \"internal\"]\n\
             [providers.sentry]\nsettings.dsn = \"http://{key}@{sentry}/42\"\n{delivery}\
             [providers.console]\nsettings.file = \"/dev/null\"\n\
             [providers.slack]\nsettings.webhook-url = \"{slack}\"\nsettings.window = \"1s\"\n{delivery}\
             [providers.datadog]\nsettings.url = \"{datadog}\"\nsettings.api-key = \"{dd_key}\"\n{delivery}\
             [providers.otlp]\nsettings.endpoint = \"{otlp}\"\nsettings.headers = [\"api-key={otlp_key}\"]\n{delivery}\
             [providers.google_analytics]\nsettings.url = \"{google}\"\nsettings.measurement-id = \"{id}\"\nsettings.api-secret = \"{secret}\"\n{delivery}\
             [providers.posthog]\nsettings.url = \"{posthog}\"\nsettings.api-key = \"{KEY}\"\n{delivery}\
             [providers.mixpanel]\nsettings.url = \"{mixpanel}\"\nsettings.token = \"{TOKEN}\"\n{delivery}\
             [providers.plausible]\nsettings.url = \"{plausible}\"\nsettings.domain = \"shop.example\"\n{delivery}",
            key = sentry::KEY,
            sentry = self.sentry.address(),
            slack = self.slack.webhook(),
            datadog = self.datadog.vendor.url(),
            dd_key = datadog::KEY,
            otlp = self.otlp.vendor.url(),
            otlp_key = otlp::KEY,
            google = self.google.vendor.url(),
            posthog = self.posthog.vendor.url(),
            mixpanel = self.mixpanel.vendor.url(),
            plausible = self.plausible.vendor.url(),
            delivery = format_args!("delivery = {{ backoff-min = \"{least}\", backoff-max = \"{most}\" }}\n"),
        );
        let libraries = [
            "cache_memory",
            "monitoring_sentry",
            "monitoring_console",
            "monitoring_slack",
            "monitoring_datadog",
            "monitoring_otlp",
            "analytics_google_analytics",
            "analytics_posthog",
            "analytics_mixpanel",
            "analytics_plausible",
            "analytics_internal",
        ];
        let setup = Setup::new(&text, &libraries);
        let database = setup.path("events.sqlite3").display().to_string();
        let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
        let host = setup.into_host().await;
        let readiness = host.readiness();
        assert!(readiness.ready && !readiness.degraded, "{readiness:?}");
        host
    }
}

fn standings(accepted: &Accepted) -> Vec<(String, &'static str)> {
    let [receipt] = accepted.receipts().try_into().unwrap();
    receipt.providers.into_iter().map(|Progressed { provider, state, .. }| (provider, state)).collect()
}

/// Returns how an event stands when all is well but for how it stands at PostHog.
const fn analytics_with(posthog: &str) -> [(&str, &str); 5] {
    let unverified = "accepted_unverified";
    [
        ("google_analytics", unverified),
        ("posthog", posthog),
        ("mixpanel", "delivered"),
        ("plausible", unverified),
        ("internal", "delivered"),
    ]
}

/// Waits until the event stands so at the providers, in the order of the configuration.
async fn stands(accepted: &Accepted, expected: &[(&str, &str)]) {
    eventually(&format!("{expected:?}"), async || {
        let found = standings(accepted);
        found.iter().map(|(provider, state)| (provider.as_str(), *state)).eq(expected.iter().copied())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_error_and_one_event_reach_every_vendor_in_its_own_shape() {
    let vendors = Vendors::start().await;
    let host = vendors.host().await;
    let error = json!({ "type": "error", "exceptions": [{ "type": "CardDeclined", "value": "no funds", "frames": [{ "function": "pay" }] }] });
    let error = host.monitoring().unwrap().report(serde_json::from_value(error).unwrap()).await.unwrap();
    let event = host.analytics().unwrap().track("user-1", "signed_up").await.unwrap();
    stands(&error, &["sentry", "console", "slack", "datadog", "otlp"].map(|provider| (provider, "delivered"))).await;
    stands(&event, &analytics_with("accepted_unverified")).await;

    let (_, items) = sentry::read(&vendors.sentry.requests()[0].body).unwrap();
    let exception = &items[0].payload["exception"]["values"][0];
    assert_eq!(
        (&exception["type"], &exception["stacktrace"]["frames"][0]["function"]),
        (&json!("CardDeclined"), &json!("pay"))
    );
    assert!(vendors.slack.posted()[0].to_string().contains("CardDeclined"));
    vendors.datadog.kept(|kept| assert_eq!(kept.logs[0]["error"]["kind"], "CardDeclined"));
    vendors.otlp.kept(|store| {
        let attributes = &store.logs[0].record.attributes;
        let of = |name: &str| otlp::text(attributes, name).unwrap_or_default();
        assert_eq!((of("exception.type").as_str(), of("exception.message").as_str()), ("CardDeclined", "no funds"));
    });
    let (sent, request) = vendors.google.kept().pop().unwrap();
    assert_eq!((&sent["name"], &request["user_id"]), (&json!("signed_up"), &json!("user-1")));
    let kept = vendors.posthog.kept();
    assert_eq!((&kept[0]["event"], &kept[0]["distinct_id"]), (&json!("signed_up"), &json!("user-1")));
    let counted = vendors.mixpanel.project().events.remove(0);
    assert_eq!((&counted["event"], &counted["properties"]["distinct_id"]), (&json!("signed_up"), &json!("user-1")));
    assert_eq!(vendors.plausible.counted()[0].event["name"], "signed_up");
    let question = json!({ "query": "timeline", "user_id": "user-1" });
    let stored = host.analytics().unwrap().outlet().sinks().query(Some("internal"), &question).await.unwrap();
    assert!(stored.to_string().contains("signed_up"), "{stored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_down_costs_only_itself_and_gets_it_later() {
    let vendors = Vendors::start().await;
    vendors.posthog.vendor.answer(|_| Answer::new(503, "maintenance"));
    let host = vendors.host().await;
    let event = host.analytics().unwrap().track("user-1", "signed_up").await.unwrap();
    stands(&event, &analytics_with("retrying")).await;
    let [receipt] = event.receipts().try_into().unwrap();
    let reason = receipt.providers.into_iter().find(|one| one.provider == "posthog").unwrap().reason.unwrap();
    assert!(reason.contains("answered 503: maintenance"), "{reason}");
    vendors.posthog.vendor.answer(|_| Answer::json(200, &json!({ "status": 1 })));
    stands(&event, &analytics_with("accepted_unverified")).await;
    assert_eq!(vendors.google.vendor.requests().len(), 1, "nobody else got it twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vendors_secret_shows_even_where_the_vendor_says_it() {
    let vendors = Vendors::start().await;
    let secrets = [
        ("sentry", &vendors.sentry, sentry::KEY),
        ("slack", &vendors.slack.vendor, slack::PATH),
        ("datadog", &vendors.datadog.vendor, datadog::KEY),
        ("otlp", &vendors.otlp.vendor, otlp::KEY),
        ("google_analytics", &vendors.google.vendor, STREAM.1),
        ("posthog", &vendors.posthog.vendor, KEY),
        ("mixpanel", &vendors.mixpanel.vendor, TOKEN),
    ];
    for (_, vendor, secret) in secrets {
        vendor.answer(move |_| Answer::new(403, format!("unknown: {secret}")));
    }
    // So long that each receipt still tells of the first answer when it is read.
    let host = vendors.host_repeating("1h", "1h").await;
    let error = json!({ "type": "error", "exceptions": [{ "type": "CardDeclined", "value": "no funds" }] });
    let error = host.monitoring().unwrap().report(serde_json::from_value(error).unwrap()).await.unwrap();
    let event = host.analytics().unwrap().track("user-1", "signed_up").await.unwrap();
    let of = |provider: &str| {
        let all = error.receipts().into_iter().chain(event.receipts()).flat_map(|receipt| receipt.providers);
        all.into_iter().find(|one| one.provider == provider).unwrap()
    };
    for (provider, vendor, secret) in secrets {
        eventually(&format!("{provider} was asked"), async || of(provider).reason.is_some()).await;
        let request = vendor.requests().remove(0);
        let (body, basic) = (String::from_utf8_lossy(&request.body), STANDARD.encode(format!("{secret}:")));
        let sent = format!("{:?} {} {} {body}", request.headers, request.path, request.query);
        assert!(sent.contains(secret) || sent.contains(&basic), "{provider} does not need it: {sent}");
    }
    let shown = format!(
        "{:?} {:?} {} {:?} {:?}",
        error.receipts(),
        event.receipts(),
        super::metrics(&host).await,
        host.readiness(),
        host.deliveries().unwrap().status()
    );
    for (provider, _, secret) in secrets {
        let reason = of(provider).reason.unwrap();
        assert!(reason.contains("unknown: "), "{provider} did not read the answer: {reason}");
        assert!(!shown.contains(secret), "{provider}: {shown}");
    }
}
