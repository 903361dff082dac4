//! Plugins built against an older and a newer minor of the plugin API load beside the current ones and serve; one
//! whose tables changed otherwise is refused with the difference.

#[path = "mix/released.rs"]
mod released;
#[path = "mix/workshop.rs"]
mod workshop;

use std::path::Path;

use outrigger::{Host, plugin::State};
use outrigger_tests::test_host::{OwnHost, Setup};
use serde_json::json;

use workshop::{Change, Compiler};
pub(crate) use workshop::{Version, root, workshop};

/// Without what was appended: a method of the sink's table, a service of the host's.
const OLDER: Version = Version {
    name: "analytics_older",
    api: "1.0.0",
    changes: &[
        (
            "abi/sink.rs",
            "    /// Answers a question about what was delivered: UTF-8 JSON in, UTF-8 JSON out, the question named in it.\n    fn query(&self, _call: &CallView, _request: RSlice<'_, u8>) -> Outcome<Blob> {\n        Outcome::lacks(\"the plugin\", \"query\")\n    }\n",
            "",
        ),
        (
            "export/sink.rs",
            "    fn query(&self, call: &CallView, request: RSlice<'_, u8>) -> Outcome<Blob> {",
            "}\nimpl<T: SinkProvider> SinkGlue<T> {\n    #[expect(dead_code, reason = \"of a later version\")]\n    fn query(&self, call: &CallView, request: RSlice<'_, u8>) -> Outcome<Blob> {",
        ),
        (
            "abi/services.rs",
            "    /// Makes one HTTP request; the host owns the body from here on. Nothing is dialled before the first poll, and\n    /// dropping the future ends the request.\n    pub http: extern \"C\" fn(&HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView>,\n",
            "",
        ),
        ("abi/services.rs", "use super::{\n    Blob, Outcome,\n    http::{HttpReplyView, HttpRequestView},\n};\n", ""),
        (
            "export/bridge.rs",
            "HOST.get().and_then(HostServices_Ref::http)",
            "None::<fn(&HttpRequestView<'_>, Blob) -> _>",
        ),
    ],
    plugin: include_str!("../../fixtures/older.rs"),
};

/// With a method appended to the table of each kind, a field to each of the two root tables, and a service that plugins
/// can ask for.
const LATER: &[Change] = &[
    (
        "abi/cache.rs",
        "    fn size(&self, call: &CallView) -> Outcome<SizeView>;\n",
        "    fn size(&self, call: &CallView) -> Outcome<SizeView>;\n    /// Of a later version.\n    fn later(&self, _call: &CallView) -> Outcome<u64> {\n        Outcome::lacks(\"the plugin\", \"later\")\n    }\n",
    ),
    (
        "export/cache.rs",
        "    fn size(&self, call: &CallView) -> Outcome<SizeView> {\n",
        "    fn later(&self, _call: &CallView) -> Outcome<u64> {\n        Outcome::ok(7)\n    }\n\n    fn size(&self, call: &CallView) -> Outcome<SizeView> {\n",
    ),
    (
        "abi/sink.rs",
        "        Outcome::lacks(\"the plugin\", \"query\")\n    }\n",
        "        Outcome::lacks(\"the plugin\", \"query\")\n    }\n    /// Of a later version.\n    fn later(&self, _call: &CallView) -> Outcome<u64> {\n        Outcome::lacks(\"the plugin\", \"later\")\n    }\n",
    ),
    (
        "export/sink.rs",
        "    fn query(&self, call: &CallView, request: RSlice<'_, u8>) -> Outcome<Blob> {\n",
        "    fn later(&self, _call: &CallView) -> Outcome<u64> {\n        Outcome::ok(8)\n    }\n\n    fn query(&self, call: &CallView, request: RSlice<'_, u8>) -> Outcome<Blob> {\n",
    ),
    (
        "abi/root.rs",
        "    pub new_sink: extern \"C\" fn(&InstanceView<'_>) -> Outcome<BuiltSink>,\n",
        "    pub new_sink: extern \"C\" fn(&InstanceView<'_>) -> Outcome<BuiltSink>,\n    pub later: extern \"C\" fn() -> u64,\n",
    ),
    ("export/table.rs", "        new_sink: new_sink::<P>,\n", "        new_sink: new_sink::<P>,\n        later,\n"),
    (
        "export/table.rs",
        "extern \"C\" fn manifest<P",
        "extern \"C\" fn later() -> u64 {\n    7\n}\n\nextern \"C\" fn manifest<P",
    ),
    (
        "abi/services.rs",
        "    pub http: extern \"C\" fn(&HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView>,\n",
        "    pub http: extern \"C\" fn(&HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView>,\n    pub later: extern \"C\" fn() -> Outcome<u64>,\n",
    ),
    (
        "export/bridge.rs",
        "/// Sends one line to the host.\n",
        "pub(crate) fn later() -> Outcome<u64> {\n    HOST.get().and_then(HostServices_Ref::later).map_or_else(|| Outcome::lacks(\"the host\", \"later\"), |later| later())\n}\n\n/// Sends one line to the host.\n",
    ),
    (
        "sdk/host.rs",
        "    /// Returns the provider's name in plugins.toml.\n",
        "    /// Asks the host for what later versions have.\n    pub fn later(&self) -> Result<u64, ProviderError> {\n        match bridge::later() {\n            crate::abi::Outcome::Ready(crate::abi::RResult::ROk(number)) => Ok(number),\n            crate::abi::Outcome::Ready(crate::abi::RResult::RErr(error)) => Err(crate::abi::wire::decode_error(&error)),\n            crate::abi::Outcome::Pending(_) => Err(ProviderError::internal(\"not at once\")),\n        }\n    }\n\n    /// Returns the provider's name in plugins.toml.\n",
    ),
];

const NEWER: Version = Version {
    name: "cache_newer",
    api: "1.1.0",
    changes: LATER,
    plugin: include_str!("../../../plugin-api/examples/one_page.rs"),
};

/// Answers every question with what the host has of a later version.
const NEWER_SINK: Version =
    Version { name: "analytics_later", api: "1.1.0", changes: LATER, plugin: include_str!("../../fixtures/later.rs") };

/// With another type for an argument.
const CHANGED: Version = Version {
    name: "cache_changed",
    api: "1.0.0",
    changes: &[
        (
            "abi/cache.rs",
            "fn clear(&self, call: &CallView, prefix: RSlice<'_, u8>)",
            "fn clear(&self, call: &CallView, prefix: u64)",
        ),
        (
            "export/cache.rs",
            "fn clear(&self, call: &CallView, prefix: RSlice<'_, u8>)",
            "fn clear(&self, call: &CallView, prefix: u64)",
        ),
        ("export/cache.rs", "Call::from(call), copy(prefix))", "Call::from(call), Bytes::from(prefix.to_string()))"),
    ],
    plugin: include_str!("../../../plugin-api/examples/one_page.rs"),
};

const CONFIG: &str = "[monitoring]\nproviders = []\n[providers.newer]\nsettings.entries_max = 10\n[providers.changed]\nsettings.entries_max = 10\n";

async fn host(cache: &str, analytics: &str, libraries: &[&Path]) -> OwnHost {
    let setup = Setup::new(CONFIG, &["cache_memory", "analytics_internal"]);
    for library in libraries {
        std::fs::copy(library, setup.plugins().join(library.file_name().unwrap())).unwrap();
    }
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("CACHE_PROVIDER", cache).variable("ANALYTICS_PROVIDERS", analytics);
    setup.variable("ANALYTICS_DATABASE_PATH", &database).into_host().await
}

async fn serves(host: &Host) {
    assert!(host.readiness().ready && !host.readiness().degraded, "{:?}", host.readiness());
    let cache = host.cache().unwrap();
    cache.set("key", "value").await.unwrap();
    assert_eq!(cache.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
    let accepted = host.analytics().unwrap().track("user", "event").await.unwrap();
    let report = accepted.delivered(std::time::Duration::from_secs(20)).await;
    assert!(
        report.iter().all(|event| event.providers.iter().all(|provider| provider.state == "delivered")),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn plugins_of_older_and_newer_minors_serve_beside_the_current_ones() {
    let (older, newer) = (OLDER.build(Compiler::Ours), NEWER.build(Compiler::Ours));
    // Either order: abi_stable remembers layouts it has seen.
    for (cache, analytics) in
        [("newer", "older,internal"), ("memory", "internal,older"), ("newer", "internal"), ("memory", "older")]
    {
        let host = host(cache, analytics, &[&older, &newer]).await;
        serves(&host).await;
        if analytics == "older" {
            let sinks = host.analytics().unwrap();
            let answer = sinks.outlet().sinks().query(Some("older"), &json!({ "query": "count" })).await;
            assert_eq!(answer.map_err(|error| error.code()), Err("provider.unsupported"));
        }
        let versions: Vec<_> = host
            .registry()
            .slots()
            .iter()
            .map(|slot| match slot.state() {
                State::Running(provider) => provider.manifest.api.clone(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(
            versions.iter().filter(|version| *version == "1.1.0").count(),
            usize::from(cache == "newer"),
            "{versions:?}"
        );
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_argument_is_refused_and_named_in_ten_lines() {
    let changed = CHANGED.build(Compiler::Ours);
    let host = host("changed", "internal", &[&changed]).await;
    let readiness = host.readiness();
    let failed = readiness.providers.iter().find(|provider| provider.provider == "changed").unwrap();
    let message = failed.message.clone().unwrap();
    assert_eq!(failed.code, Some("plugin.abi_mismatch"), "{message}");
    assert!(message.lines().count() <= 10, "{message}");
    assert!(message.contains("clear") && message.contains("u64"), "{message}");
    assert!(!readiness.ready, "the cache is required");
    let accepted = host.analytics().unwrap().track("user", "event").await.unwrap();
    let report = accepted.delivered(std::time::Duration::from_secs(20)).await;
    assert!(report.iter().all(outrigger::deliver::Receipt::reached_some), "the others serve: {report:?}");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_of_another_compiler_serves() {
    let Some(compiler) = Compiler::another() else {
        eprintln!(
            "NOT RUN: this machine has one compiler; `rustup toolchain install nightly`, or a system's package of at least \
             Rust 1.95, would let this test load a plugin of another"
        );
        return;
    };
    let newer = NEWER.build(compiler);
    let host = host("newer", "internal", &[&newer]).await;
    serves(&host).await;
    let slot = host.registry().slots().first().unwrap().clone();
    let State::Running(provider) = slot.state() else { unreachable!("it serves") };
    let memory =
        Setup::new("[monitoring]\nproviders = []\n[analytics]\nproviders = []\n", &["cache_memory"]).into_host().await;
    let ours = memory.registry().slots().first().and_then(|slot| slot.provider().cloned()).unwrap();
    assert_ne!(provider.manifest.rustc, ours.manifest.rustc);
    host.shutdown().await;
}
