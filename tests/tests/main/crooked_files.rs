//! Files in a plugin folder that no host can use: each is refused by name, and what is sound keeps serving.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "checks shared by tests: what fails is the test")]

use std::{path::Path, process::Command};

use outrigger::{Host, plugin::State};
use outrigger_tests::{
    plugins::{self, patched},
    test_host::Setup,
};

const MEMORY: &str = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n";

/// Where an ELF header names its processor: `e_machine`, two bytes little-endian.
const ELF_MACHINE_AT: usize = 18;

fn memory_bytes() -> Vec<u8> {
    std::fs::read(plugins::library("cache_memory")).unwrap()
}

async fn assert_serves(host: &Host, value: &str) {
    let cache = host.cache().unwrap();
    cache.set("key", value.to_owned()).await.unwrap();
    assert_eq!(cache.get("key").await.unwrap().as_deref(), Some(value.as_bytes()));
}

/// Puts `bytes` beside the memory plugin; the host must refuse them so, and serve.
async fn check_refused(bytes: &[u8], code: &str, phrases: &[&str]) {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let file = setup.library("crooked");
    std::fs::write(&file, bytes).unwrap();
    let host = setup.start().await;
    let configured = host.configured();
    let refused = configured.1.refused.iter().find(|refused| refused.file == file).expect("the file is listed");
    assert_eq!(refused.error.code(), code);
    let text = format!("{}; {}", refused.error, refused.error.help());
    for phrase in phrases {
        assert!(text.contains(phrase), "{phrase:?} is not in {text:?}");
    }
    assert!(host.readiness().ready, "a file nobody asked for makes nothing fail");
    assert_serves(&host, "beside").await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_refused() {
    check_refused(b"", "plugin.damaged", &["empty", "copy the file again"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_file_is_refused() {
    check_refused(b"#!/bin/sh\n", "plugin.damaged", &["no shared library"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_library_is_refused() {
    let bytes = memory_bytes();
    check_refused(&bytes[..bytes.len() / 2], "plugin.damaged", &["cut short"]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_library_for_another_processor_is_refused() {
    let mut bytes = memory_bytes();
    // EM_AARCH64 is 183 and EM_X86_64 is 62: whichever this machine is not.
    bytes[ELF_MACHINE_AT] = if cfg!(target_arch = "aarch64") { 62 } else { 183 };
    check_refused(&bytes, "plugin.wrong_target", &["this host is", "build or download"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_a_newer_major_api_is_refused() {
    let bytes = patched(memory_bytes(), br#""api":"1."#, br#""api":"2."#);
    check_refused(&bytes, "plugin.api_mismatch", &["plugin API 2.", "upgrade the host"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_an_older_major_api_is_refused() {
    let bytes = patched(memory_bytes(), br#""api":"1."#, br#""api":"0."#);
    check_refused(&bytes, "plugin.api_mismatch", &["plugin API 0.", "install a plugin built against"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_whose_panics_abort_is_refused() {
    let bytes = patched(memory_bytes(), br#""panic":"unwind""#, br#""panic":"abort" "#);
    check_refused(&bytes, "plugin.panic_abort", &["would end the host", "unwind"]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_library_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (source, library) = (dir.path().join("plain.c"), dir.path().join("plain.so"));
    std::fs::write(&source, "int plain_answer(void) { return 42; }\n").unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    assert!(built.expect("cc is missing; install it with: apt-get install gcc").success());
    let bytes = std::fs::read(&library).unwrap();
    check_refused(&bytes, "plugin.not_a_plugin", &["plain_answer", "export_plugin!"]).await;
}

/// Starts a host whose memory provider can't load, and returns code, message and help.
async fn failure(setup: &Setup) -> (&'static str, String, String) {
    let host = setup.start().await;
    let readiness = host.readiness();
    let status = readiness.providers.iter().find(|status| status.provider == "memory").unwrap().clone();
    assert_eq!(status.state, "failed");
    assert_eq!(readiness.ready, !status.required, "only a required provider makes the host not ready");
    assert_eq!(readiness.degraded, !status.required);
    host.shutdown().await;
    (status.code.unwrap(), status.message.unwrap(), status.help.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_plugins_of_one_name_are_refused_and_both_named() {
    for required in [true, false] {
        let text = format!("{MEMORY}[providers.memory]\nrequired = {required}\n");
        let setup = Setup::new(&text, &["cache_memory"]);
        let twin = setup.library("another");
        std::fs::write(&twin, memory_bytes()).unwrap();
        let (code, message, help) = failure(&setup).await;
        assert_eq!(code, "plugin.duplicate");
        for file in [&twin, &setup.library("cache_memory")] {
            assert!(message.contains(&file.display().to_string()), "{message}");
        }
        assert!(help.contains("remove one"), "{help}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_library_of_the_system_is_named() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let bytes = patched(memory_bytes(), b"libgcc_s.so.1\0", b"libabsent.so\0\0");
    std::fs::write(setup.library("cache_memory"), bytes).unwrap();
    let (code, _, help) = failure(&setup).await;
    assert_eq!(code, "plugin.dependency_missing");
    assert!(help.contains("libabsent.so"), "{help}");
}

/// Does something to the file of a running plugin; its provider must not notice.
async fn check_survives(change: impl FnOnce(&Path)) {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let host = setup.start().await;
    assert_serves(&host, "before").await;
    change(&setup.library("cache_memory"));
    assert_serves(&host, "after").await;
    host.shutdown().await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_library_without_the_root_table_is_refused() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    // abi_stable's name for `_as_lib_header_root_module_loader`.
    let bytes = patched(memory_bytes(), b"root_bmodule_bloader\0", b"root_bmodule_babsent\0");
    std::fs::write(setup.library("cache_memory"), bytes).unwrap();
    let (code, message, _) = failure(&setup).await;
    assert_eq!(code, "plugin.not_a_plugin");
    assert!(message.contains("no root table"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_plugin_survives_what_happens_to_its_file() {
    // Truncating a mapped file is SIGBUS at the next page: only a private copy survives it.
    check_survives(|file| drop(std::fs::File::create(file).unwrap())).await;
    check_survives(|file| std::fs::write(file, vec![0xCC; memory_bytes().len()]).unwrap()).await;
    check_survives(|file| std::fs::remove_file(file).unwrap()).await;
    check_survives(|file| {
        let new = file.with_extension("new");
        std::fs::write(&new, b"new").unwrap();
        std::fs::rename(new, file).unwrap();
    })
    .await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_others_could_write_is_refused_by_name_and_the_others_serve() {
    let text = "[monitoring]\nproviders = [\"console\"]\n[analytics]\nproviders = []\n";
    for (mode_dir, mode_file, code, phrase) in [
        (0o755, 0o664, "plugin.file_writable", "its mode is 0664"),
        (0o755, 0o757, "plugin.file_writable", "chmod go-w"),
        (0o775, 0o755, "plugin.dir_writable", "its mode is 0775"),
        (0o1777, 0o755, "plugin.dir_writable", "chmod go-w"),
    ] {
        let setup = Setup::new(text, &["cache_memory"]);
        let (other, library) = (setup.path("other"), setup.library("cache_memory"));
        std::fs::create_dir(&other).unwrap();
        plugins::place("monitoring_console", &other);
        let sources = setup.sources().with_set(r#"plugin-dirs=["plugins","other"]"#);
        plugins::set_mode(&other, 0o755);
        plugins::set_mode(&library, mode_file);
        plugins::set_mode(&setup.plugins(), mode_dir);
        let host = Host::from_sources(&sources).await.unwrap();
        let readiness = host.readiness();
        let status = |name| readiness.providers.iter().find(|status| status.provider == name).unwrap();
        let memory = status("memory");
        assert_eq!(memory.code, Some(code), "{memory:?}");
        let said = format!("{:?} {:?}", memory.message, memory.help);
        assert!(said.contains(phrase) && said.contains("/plugins"), "{said}");
        assert_eq!(status("console").code, None, "{readiness:?}");
        assert_eq!(host.cache().unwrap().get("key").await.map_err(|error| error.code()), Err("provider.not_running"));
        host.shutdown().await;
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_can_write_since_it_was_listed_is_refused() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let (config, catalog) = outrigger::configure(&setup.sources()).unwrap();
    plugins::set_mode(&setup.library("cache_memory"), 0o777);
    let host = Host::start(config, catalog).await;
    assert_eq!(host.readiness().providers.first().unwrap().code, Some("plugin.file_writable"));
    host.shutdown().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_others_can_write_is_not_used() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let store = setup.path(".outrigger");
    std::fs::create_dir(&store).unwrap();
    plugins::set_mode(&store, 0o777);
    let (code, message, _) = failure(&setup).await;
    assert_eq!(code, "plugin.store_failed");
    assert!(message.contains("its mode is 0777"), "{message}");
    assert_eq!(std::fs::read_dir(&store).unwrap().count(), 0, "nothing was put there");
}

/// Lists the folder, puts `bytes` in the memory plugin's place, and starts from what was listed.
async fn replaced_after_the_listing(bytes: &[u8]) -> Host {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    let (config, catalog) = outrigger::configure(&setup.sources()).unwrap();
    std::fs::write(setup.library("cache_memory"), bytes).unwrap();
    Host::start(config, catalog).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_is_described_by_its_own_manifest_not_by_the_listed_one() {
    let bytes = patched(memory_bytes(), br#"cache_memory","version":"0."#, br#"cache_memory","version":"9."#);
    let host = replaced_after_the_listing(&bytes).await;
    assert_serves(&host, "newer").await;
    let slot = host.registry().slots().first().unwrap().clone();
    let State::Running(provider) = slot.state() else { unreachable!("it serves") };
    assert!(provider.manifest.version.starts_with("9."), "{:?}", provider.manifest);
    let configured = host.configured();
    let listed = &configured.1.find("cache_memory").unwrap().manifest;
    assert!(listed.version.starts_with("0."), "{listed:?}");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_became_another_plugin_after_the_listing_is_refused() {
    let console = std::fs::read(plugins::library("monitoring_console")).unwrap();
    let renamed = patched(memory_bytes(), br#""name":"cache_memory""#, br#""name":"cache_nemory""#);
    // The settings were checked against the schema that was listed.
    let other_settings = patched(memory_bytes(), br#""type": "object""#, br#""tips": "object""#);
    for (bytes, now) in [(console, "monitoring_console"), (renamed, "cache_nemory"), (other_settings, "cache_memory")] {
        let host = replaced_after_the_listing(&bytes).await;
        let readiness = host.readiness();
        let failed = readiness.providers.first().unwrap();
        assert_eq!(failed.code, Some("plugin.replaced"), "{failed:?}");
        assert!(failed.message.as_deref().is_some_and(|message| message.contains(now)), "{failed:?}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_provider_whose_file_is_refused_is_named_and_the_others_serve() {
    for (required, ready) in [(true, false), (false, true)] {
        let text = format!(
            "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n[providers.internal]\nrequired = {required}\n"
        );
        let setup = Setup::new(&text, &["cache_memory"]);
        std::fs::write(setup.library("analytics_internal"), b"no library").unwrap();
        let host = setup.start().await;
        let readiness = host.readiness();
        let failed = readiness.providers.iter().find(|provider| provider.provider == "internal").unwrap();
        assert_eq!(failed.code, Some("plugin.damaged"));
        assert!(
            failed
                .message
                .as_deref()
                .is_some_and(|message| message.contains(&plugins::file_name("analytics_internal"))),
            "{failed:?}"
        );
        assert_eq!((readiness.ready, readiness.degraded), (ready, ready));
        host.cache().unwrap().set("key", "value").await.unwrap();
        host.shutdown().await;
    }
}
