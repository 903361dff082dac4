//! Plugins built against an older and a newer minor of the plugin API load beside the current ones and serve; one
//! whose tables changed otherwise is refused with the difference.
//!
//! The other versions are made from the present sources by exact replacements, so they can't go stale unnoticed.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use outrigger::{Host, plugin::State};
use outrigger_tests::{
    plugins,
    test_host::{OwnHost, Setup},
};
use serde_json::json;

/// One other version: its name, its API version, and what differs in which file.
pub(crate) struct Version {
    pub(crate) name: &'static str,
    pub(crate) api: &'static str,
    pub(crate) changes: &'static [(&'static str, &'static str, &'static str)],
    pub(crate) plugin: &'static str,
}

/// Without what was appended: a method of the sink's table, a service of the host's.
const OLDER: Version = Version {
    name: "analytics_older",
    api: "1.0.0",
    changes: &[
        (
            "abi/sink.rs",
            "    /// Answers a question about what was delivered: UTF-8 JSON in, UTF-8 JSON out, the question named in it.\n    fn query(&self, _call: &CallView, _request: RSlice<'_, u8>) -> Outcome<Blob> {\n        Outcome::unsupported()\n    }\n",
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
    plugin: SINK,
};

/// With a method appended to the cache's table, and a field to each of the two root tables.
const NEWER: Version = Version {
    name: "cache_newer",
    api: "1.1.0",
    changes: &[
        (
            "abi/cache.rs",
            "    fn size(&self, call: &CallView) -> Outcome<SizeView>;\n",
            "    fn size(&self, call: &CallView) -> Outcome<SizeView>;\n    /// Of a later version.\n    fn later(&self, _call: &CallView) -> Outcome<u64> {\n        Outcome::unsupported()\n    }\n",
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
            "    pub http: extern \"C\" fn(&HttpRequestView<'_>, body: Blob) -> Outcome<HttpReplyView>,\n    pub later: extern \"C\" fn(u64),\n",
        ),
    ],
    plugin: include_str!("../../../plugin-api/examples/one_page.rs"),
};

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

const SINK: &str = r##"//! A sink of an older version.
use outrigger_plugin_api::{export_plugin, schemars, serde, sdk::{Call, Host, ProviderError, RunOn, analytics::Event, sink::{Record, SinkProvider, Verdict}}};

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "serde")]
#[schemars(crate = "schemars")]
pub struct Settings {}
pub struct Older;

impl SinkProvider for Older {
    type Body = Event;
    type Settings = Settings;
    const RUN_ON: RunOn = RunOn::Caller;
    async fn start(_: Settings, _: Host) -> Result<Self, ProviderError> { Ok(Self) }
    async fn deliver(&self, _: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        Ok(batch.iter().map(|_| Verdict::Delivered).collect())
    }
}

export_plugin! { analytics: Older, description: "old", settings: r#"{"type":"object"}"# }
"##;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where the other versions are built: beside the other build output, so that a second run finds its dependencies.
pub(crate) fn workshop() -> PathBuf {
    plugins::built().parent().unwrap().join("mix")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Version {
    /// Builds the plugin in a workspace of its own and returns its library.
    pub(crate) fn build(&self, toolchain: &[&str]) -> PathBuf {
        // A folder for each compiler: tests run at the same time.
        let dir = workshop().join(format!("{}{}", self.name, toolchain.concat()));
        let _ = std::fs::remove_dir_all(&dir);
        copy(&root().join("plugin-api/src"), &dir.join("plugin-api/src"));
        for file in [
            "plugin-api/Cargo.toml",
            "plugin-api/build.rs",
            "plugin-api/README.md",
            "plugin-api/examples/one_page.rs",
            "Cargo.lock",
        ] {
            let target = dir.join(file);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(root().join(file), target).unwrap();
        }
        let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let (_, from_members) = workspace.split_once("members = [").unwrap();
        let (members, _) = from_members.split_once("default-members = [\"host\"]").unwrap();
        let members = format!("members = [{members}default-members = [\"host\"]");
        change(&dir.join("Cargo.toml"), &workspace, &members, "members = [\"plugin-api\", \"plugin\"]");
        let manifest = std::fs::read_to_string(dir.join("plugin-api/Cargo.toml")).unwrap();
        change(
            &dir.join("plugin-api/Cargo.toml"),
            &manifest,
            "version = \"1.0.0\"",
            &format!("version = \"{}\"", self.api),
        );
        for (file, from, to) in self.changes {
            let path = dir.join("plugin-api/src").join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            change(&path, &text, from, to);
        }
        std::fs::create_dir_all(dir.join("plugin/src")).unwrap();
        std::fs::write(dir.join("plugin/src/lib.rs"), self.plugin).unwrap();
        let plugin = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\noutrigger-plugin-api = {{ path = \"../plugin-api\" }}\n",
            self.name
        );
        std::fs::write(dir.join("plugin/Cargo.toml"), plugin).unwrap();
        self.compile(&dir, toolchain)
    }

    fn compile(&self, dir: &Path, toolchain: &[&str]) -> PathBuf {
        let (program, first) = if toolchain.is_empty() { (env!("CARGO"), &[][..]) } else { ("cargo", toolchain) };
        let target = workshop().join(if toolchain.is_empty() { "target" } else { "target-other" });
        let mut command = Command::new(program);
        command.args(first).args(["build", "-p", self.name]).current_dir(dir).env("CARGO_TARGET_DIR", &target);
        // The lints of these sources are checked where they are at home.
        command.env("RUSTFLAGS", "--cap-lints=warn");
        // Cargo sets variables of its own toolchain for what it runs; another toolchain must not inherit them.
        if !toolchain.is_empty() {
            for name in ["RUSTC", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "CARGO", "LD_LIBRARY_PATH"] {
                command.env_remove(name);
            }
        }
        // Some crates ship a rust-toolchain.toml, which rustup would obey by changing the user's toolchain.
        command.env("RUSTUP_AUTO_INSTALL", "0");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{} does not build:\n{}", self.name, String::from_utf8_lossy(&output.stderr));
        target.join("debug").join(plugins::file_name(self.name))
    }
}

/// Writes `text` to `path` with one exact change.
fn change(path: &Path, text: &str, from: &str, to: &str) {
    assert_eq!(text.matches(from).count(), 1, "{}: the text to change is not there once:\n{from}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

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
    let (older, newer) = (OLDER.build(&[]), NEWER.build(&[]));
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
    let changed = CHANGED.build(&[]);
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
    let toolchains = Command::new("rustup").args(["toolchain", "list"]).output();
    let list = toolchains.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    if !list.lines().any(|line| line.starts_with("nightly")) {
        eprintln!(
            "NOT RUN: no nightly toolchain here; `rustup toolchain install nightly` would let this test load a plugin of another compiler"
        );
        return;
    }
    let newer = Version { name: "cache_newer", ..NEWER }.build(&["+nightly"]);
    let host = host("newer", "internal", &[&newer]).await;
    serves(&host).await;
    let slot = host.registry().slots().first().unwrap().clone();
    let State::Running(provider) = slot.state() else { unreachable!("it serves") };
    assert!(provider.manifest.rustc.contains("nightly"), "{}", provider.manifest.rustc);
    host.shutdown().await;
}
