//! A plugin made by hand below the sdk lies about its manifest, about how much it answers, and with what: nothing of
//! it is believed, and the others serve.

use outrigger::{Host, ProviderStatus, deliver::Progressed};
use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Op, ScanRequest},
};
use outrigger_tests::{
    plugins::{self, patched},
    test_host::{OwnHost, Setup, eventually},
};

use crate::log;

/// How many lines the liar writes in a stranger's name.
const STRANGERS: u64 = 5_000;

/// Starts a host whose cache and one of whose two sinks are the liar.
async fn host(says: &str, lie: &str) -> OwnHost {
    let text = format!(
        "[cache]\nprovider = \"liar\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"lying_sink\", \"internal\"]\n\
         [providers.liar]\nrequired = false\nsettings.lie = \"{lie}\"\n\
         [providers.lying_sink]\nplugin = \"cache_liar\"\nsettings.lie = \"{lie}\"\n"
    );
    let setup = Setup::new(&text, &["analytics_internal"]);
    let bytes = patched(
        std::fs::read(plugins::library("cache_liar")).unwrap(),
        b"SAYS=honest",
        format!("SAYS={says}").as_bytes(),
    );
    std::fs::write(setup.library("cache_liar"), bytes).unwrap();
    let database = setup.path("events.sqlite3").display().to_string();
    setup.variable("ANALYTICS_DATABASE_PATH", &database).into_host().await
}

fn status(host: &Host, provider: &str) -> ProviderStatus {
    host.readiness().providers.into_iter().find(|status| status.provider == provider).unwrap()
}

/// Tracks one event and returns what became of it at the liar once that is in `state`; the other sink must have it.
async fn tracked(host: &Host, state: &str) -> Progressed {
    let accepted = host.analytics().unwrap().track("user", "event").await.unwrap();
    let standing = || -> (Progressed, Progressed) {
        let [receipt] = accepted.receipts().try_into().unwrap();
        let [liar, other] = receipt.providers.try_into().unwrap();
        assert_eq!((liar.provider.as_str(), other.provider.as_str()), ("lying_sink", "internal"));
        (liar, other)
    };
    eventually("both sinks had it", async || {
        let (liar, other) = standing();
        liar.state == state && other.state == "delivered"
    })
    .await;
    standing().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_made_by_hand_that_does_not_lie_serves() {
    let host = host("honest", "nothing").await;
    assert_eq!(status(&host, "liar").code, None, "{:?}", status(&host, "liar"));
    assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None);
    assert_eq!(host.cache().unwrap().get_many(&["a", "b"]).await.unwrap(), [None, None]);
    tracked(&host, "delivered").await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_manifest_that_differs_or_can_not_be_is_refused_unread() {
    for says in ["differ", "longer", "isnull"] {
        let host = host(says, "nothing").await;
        for provider in ["liar", "lying_sink"] {
            assert_eq!(status(&host, provider).code, Some("plugin.manifest_differs"), "{says}");
        }
        tracked(&host, "queued").await;
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_count_of_replies_or_verdicts_is_refused() {
    for (lie, replies, verdicts) in [("too_few", 1, 0), ("too_many", 3, 2)] {
        let host = host("honest", lie).await;
        let cache = host.cache().unwrap();
        let error = cache.get_many(&["a", "b"]).await.expect_err(lie);
        assert_eq!(error.code(), "provider.internal", "{lie}: {error}");
        assert!(error.to_string().contains(&format!("{replies} results for 2 operations")), "{lie}: {error}");
        let ops = ["a", "b"].map(|key| Op::Get { key: Bytes::from_static(key.as_bytes()) });
        let error = cache.group(&[], &ops).await.expect_err(lie);
        assert_eq!(error.code(), "provider.internal", "{lie}: {error}");
        let delivery = tracked(&host, "retrying").await;
        assert_eq!(delivery.code, Some("provider.internal"), "{lie}: {delivery:?}");
        let reason = delivery.reason.unwrap_or_default();
        assert!(reason.contains(&format!("{verdicts} verdicts for 1 records")), "{lie}: {reason}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_is_no_value_and_no_delivery() {
    let host = host("honest", "unknown_code").await;
    let error = host.cache().unwrap().get("key").await.expect_err("a reply without meaning");
    assert_eq!(error.code(), "provider.internal", "{error}");
    assert!(error.to_string().contains("reply code 4711, which is unknown"), "{error}");
    let delivery = tracked(&host, "retrying").await;
    assert!(delivery.reason.as_deref().is_some_and(|reason| reason.contains("verdict 4711")), "{delivery:?}");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_an_impossible_key_is_refused() {
    let host = host("honest", "nothing").await;
    let request = ScanRequest { cursor: Bytes::new(), prefix: Bytes::new(), count: 10 };
    let error = host.cache().unwrap().scan(&request).await.expect_err("a key longer than memory");
    assert_eq!(error.code(), "provider.internal", "{error}");
    assert!(error.to_string().contains("a page of keys that can't be"), "{error}");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_an_instance_nobody_knows_are_bounded_and_bad_ones_are_harmless() {
    log::count();
    let host = host("honest", "log_as_stranger").await;
    assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None);
    let accounted = || {
        let (written, dropped) = (log::logged("?", "stranger").times, log::logged("?", "plugin.log_flood").lines);
        assert!(written < STRANGERS, "the flood was not cut");
        written + dropped
    };
    // Lines of other tests may be among the dropped ones: all of them are strangers.
    eventually("every line is written or reported", async || accounted() >= STRANGERS).await;
    assert_eq!(log::logged("?", "").times, 2, "texts that can't be are logged as empty");
    host.shutdown().await;
}
