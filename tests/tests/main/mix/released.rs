//! Each released minor of the plugin API: plugins built from the sources that were kept of it serve in the present host
//! and in one whose tables have grown, which calls what the plugins lack and is refused by name.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use outrigger_tests::{plugins, test_host::Setup};
use serde_json::{Value, json};

use super::{
    LATER, NEWER_SINK, serves,
    workshop::{Change, Compiler, Workspace, root},
};

/// What a host of that later version has besides: the service, and calls of the methods.
const LATER_HOST: &[Change] = &[
    (
        "plugin/services.rs",
        "HostServices { log, metric, http: http::http }",
        "HostServices { log, metric, http: http::http, later }",
    ),
    (
        "plugin/services.rs",
        "/// Returns the table that plugins get.\n",
        "extern \"C\" fn later() -> outrigger_plugin_api::abi::Outcome<u64> {\n    outrigger_plugin_api::abi::Outcome::ok(9)\n}\n\n/// Returns the table that plugins get.\n",
    ),
    (
        "plugin/slot.rs",
        "    /// Returns the provider, if it runs.\n",
        "    /// Calls what came later.\n    pub async fn later(&self) -> Result<u64, CallError> {\n        let outcome = match &self.running()?.api {\n            super::Api::Cache(cache) => cache.later(self.gate.frame()),\n            super::Api::Sink(sink) => sink.later(self.gate.frame()),\n        };\n        self.gate.finish(crate::crash::Op::Run, outcome).await\n    }\n\n    /// Returns the provider, if it runs.\n",
    ),
];

/// The plugins of one kind each that are built against a released version.
const KINDS: [&str; 3] = ["cache", "monitoring", "analytics"];

const CONFIG: &str = "[cache]\nprovider = \"kept\"\n[monitoring]\nproviders = [\"kept_too\"]\n[analytics]\nproviders = [\"kept_also\"]\n\
                      [providers.kept]\nplugin = \"cache_kept\"\nsettings.entries_max = 10\n\
                      [providers.kept_too]\nplugin = \"monitoring_kept\"\n[providers.kept_also]\nplugin = \"analytics_kept\"\n";

/// Each release, oldest first, with plugins that were built against it. Built once: tests run at the same time.
static RELEASES: LazyLock<Vec<(String, Vec<PathBuf>)>> = LazyLock::new(|| {
    let kept = std::fs::read_dir(root().join("tests/fixtures/plugin-api")).unwrap();
    let built = kept.map(|entry| entry.unwrap().path()).filter_map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let version = name.strip_prefix("outrigger-plugin-api-")?.strip_suffix(".crate")?.to_owned();
        let libraries = build(&version, &path);
        Some((version, libraries))
    });
    let mut releases: Vec<_> = built.collect();
    releases.sort();
    assert!(!releases.is_empty(), "the sources of no release are kept");
    releases
});

/// The program of a host whose plugin API is of the later version.
static HOST: LazyLock<PathBuf> = LazyLock::new(|| {
    let workspace = Workspace::new("later-host", &["plugin-api", "host", "later"]);
    workspace.add_plugin_api("1.1.0", LATER);
    workspace.add_host(LATER_HOST);
    let manifest = "[dependencies]\noutrigger = { path = \"../host\" }\nserde_json = \"1\"\ntokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
    workspace.add("later", "later_host", manifest, "main.rs", include_str!("../../../fixtures/newer_host.rs"));
    workspace.build("later_host", Compiler::Ours).join(format!("later_host{}", std::env::consts::EXE_SUFFIX))
});

/// A plugin of the later version.
static SINK: LazyLock<PathBuf> = LazyLock::new(|| NEWER_SINK.build(Compiler::Ours));

/// Builds a plugin of each kind against the sources of a release.
fn build(version: &str, sources: &Path) -> Vec<PathBuf> {
    let workspace = Workspace::new(&format!("released-{version}"), &["plugin-api", KINDS[0], KINDS[1], KINDS[2]]);
    let unpacked = Command::new("tar").arg("xzf").arg(sources).arg("-C").arg(&workspace.dir).status().unwrap();
    assert!(unpacked.success());
    let api = workspace.dir.join(format!("outrigger-plugin-api-{version}"));
    std::fs::rename(api, workspace.dir.join("plugin-api")).unwrap();
    // What the kept one had when it was packed; the repository's own is of today.
    std::fs::remove_file(workspace.dir.join("plugin-api/Cargo.lock")).unwrap();
    let cache = std::fs::read_to_string(workspace.dir.join("plugin-api/examples/one_page.rs")).unwrap();
    let sink = include_str!("../../../fixtures/older.rs");
    KINDS
        .map(|kind| {
            let source = if kind == "cache" { cache.clone() } else { sink.replace("analytics", kind) };
            let name = format!("{kind}_kept");
            workspace.add_plugin(kind, &name, &source);
            name
        })
        .map(|name| workspace.build(&name, Compiler::Ours).join(plugins::file_name(&name)))
        .to_vec()
}

fn setup(text: &str, libraries: &[PathBuf]) -> Setup {
    let setup = Setup::new(text, &[]);
    for library in libraries {
        let placed = setup.plugins().join(library.file_name().unwrap());
        std::fs::copy(library, &placed).unwrap();
        plugins::set_mode(&placed, 0o755);
    }
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    setup
}

/// The plugins of the oldest release, with a sink of the later version for its analytics.
fn with_later_sink() -> Setup {
    let (_, libraries) = RELEASES.first().unwrap();
    let libraries = [libraries.as_slice(), std::slice::from_ref(&*SINK)].concat();
    setup(&CONFIG.replace("\"analytics_kept\"", "\"analytics_later\""), &libraries)
}

/// Runs the later host, and returns what it says.
fn later_host(setup: &Setup) -> Value {
    let output = Command::new(&*HOST).arg(setup.path("")).env_clear().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn plugins_of_each_release_serve_in_this_host() {
    for (version, libraries) in &*RELEASES {
        let host = setup(CONFIG, libraries).into_host().await;
        serves(&host).await;
        for slot in host.registry().slots() {
            assert_eq!(slot.provider().map(|provider| provider.manifest.api.as_str()), Some(version.as_str()));
        }
        host.shutdown().await;
    }
}

#[test]
fn they_serve_in_a_later_host_and_refuse_what_it_has_added_by_name() {
    for (version, libraries) in &*RELEASES {
        let said = later_host(&setup(CONFIG, libraries));
        assert_eq!(said["kept"], true, "{said}");
        assert_eq!(said["events"], json!([["kept_also", "delivered"], ["kept_too", "delivered"]]));
        for provider in ["kept", "kept_too", "kept_also"] {
            let expected = format!(
                "provider `{provider}`: unsupported: the plugin has no `later`: it was built against plugin API {version}, and this host has 1.1.0"
            );
            assert_eq!(said["later"][provider], json!(["provider.unsupported", expected]), "{said}");
        }
        assert_eq!(
            said["asked"],
            "no running analytics provider answers questions; only a provider that keeps the events can"
        );
    }
}

#[test]
fn a_later_host_and_a_later_plugin_have_what_was_added() {
    let said = later_host(&with_later_sink());
    assert_eq!(said["later"]["kept_also"], 8, "{said}");
    assert_eq!(said["asked"], json!({ "host": 9 }));
    assert_eq!(said["events"], json!([["kept_also", "delivered"], ["kept_too", "delivered"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_plugin_serves_in_this_host_and_is_told_by_name_what_that_lacks() {
    let host = with_later_sink().into_host().await;
    serves(&host).await;
    let sinks = host.analytics().unwrap();
    let refused = sinks.outlet().sinks().query(None, &json!({ "query": "any" })).await.unwrap_err();
    let expected = format!(
        "provider `kept_also`: unsupported: the host has no `later`: it was built against plugin API 1.1.0, and this host has {}",
        outrigger::manifest::API_VERSION
    );
    assert_eq!((refused.code(), refused.to_string()), ("provider.unsupported", expected));
    host.shutdown().await;
}
