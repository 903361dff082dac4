//! A running host takes another configuration: all of it or nothing, without a failed call or a lost event.
#![expect(clippy::indexing_slicing, reason = "tests; clippy knows their functions, but not those they call")]

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use outrigger::{Host, ProviderChange, ReloadError, call::CallError, manifest::Kind};
use outrigger_tests::{
    plugins,
    test_host::{Setup, eventually},
};

const CACHE_ONLY: &str = "[monitoring]\nproviders = []\n[analytics]\nproviders = []\n";

/// A configuration with two caches to choose from, both the memory plugin.
fn caches(provider: &str, entries: u32) -> String {
    // What other tests of this process have mapped counts, too.
    format!(
        "reload.libraries-max = 10_000\n[cache]\nprovider = \"{provider}\"\n{CACHE_ONLY}[providers.first]\nplugin = \"cache_memory\"\nsettings.capacity = \"{entries}MiB\"\n\
         [providers.second]\nplugin = \"cache_memory\"\n"
    )
}

fn generation(host: &Host, kind: Kind) -> u64 {
    host.registry().of(kind).next().unwrap().provider().unwrap().generation.0
}

/// Returns what a reload did to each provider.
fn what(changes: &[ProviderChange]) -> Vec<(&str, &str, &str)> {
    changes.iter().map(|change| (change.provider.as_str(), change.what, change.why)).collect()
}

/// Writes another version of a library into the folder: the same code, another content.
fn another_version(folder: &Path, name: &str) {
    let library = plugins::library(name);
    let file = folder.join(library.file_name().unwrap());
    let bytes = std::fs::read(&file).unwrap();
    let mark = b"\"panic\":\"unwind\",\"description\":\"";
    let at = bytes.windows(mark.len()).position(|part| part == mark).unwrap() + mark.len();
    let first = bytes[at];
    let mut changed = bytes.clone();
    changed[at] = if first == b'X' { b'Y' } else { b'X' };
    // Beside it and renamed, as an installation does.
    let beside = folder.join("coming");
    std::fs::write(&beside, changed).unwrap();
    std::fs::rename(&beside, &file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_changed_is_started_anew_and_a_cache_keeps_what_it_holds() {
    let mut setup = Setup::new(&caches("first", 10), &["cache_memory", "analytics_crooked"]);
    let host = setup.start().await;
    let cache = host.cache().unwrap();
    cache.set("kept", "1").await.unwrap();
    let before = generation(&host, Kind::Cache);
    assert!(setup.reload(&host).await.unwrap().providers.is_empty(), "nothing differs");
    setup.rewrite(&format!(
        "# a line more\n{}timeout = \"3s\"\n",
        caches("first", 10).replace("[providers.second]", "timeout = \"2s\"\n[providers.second]")
    ));
    let changes = setup.reload(&host).await.unwrap();
    assert_eq!(what(&changes.providers), [("first", "rebounded", "only the host's rules for it changed")]);
    assert_eq!(host.registry().cache().unwrap().gate.timeout(), Duration::from_secs(2));
    assert_eq!(generation(&host, Kind::Cache), before);
    assert_eq!(cache.get("kept").await.unwrap().as_deref(), Some(&b"1"[..]), "the same provider serves");
    setup.rewrite(&caches("first", 20));
    let changes = setup.reload(&host).await.unwrap();
    assert_eq!(what(&changes.providers), [("first", "replaced", "its settings changed")]);
    let value = changes.values.iter().find(|value| value.path.ends_with("capacity")).unwrap();
    assert_eq!((value.from.as_deref(), value.to.as_deref()), (Some("\"10MiB\""), Some("\"20MiB\"")));
    assert!(generation(&host, Kind::Cache) > before);
    assert!(cache.get("kept").await.unwrap().is_none(), "a new memory is empty");
    setup.rewrite(&caches("second", 20));
    let changes = setup.reload(&host).await.unwrap();
    assert_eq!(what(&changes.providers), [("second", "started", "added"), ("first", "stopped", "no longer asked for")]);
    assert_eq!(cache.calls().provider(), "second");
    another_version(&setup.plugins(), "cache_memory");
    let changes = setup.reload(&host).await.unwrap();
    assert_eq!(what(&changes.providers), [("second", "replaced", "its library changed")]);
    assert_eq!(host.reloads(), (5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_start_changes_nothing() {
    let mut setup = Setup::new(&caches("first", 10), &["cache_memory", "analytics_crooked"]);
    let host = setup.start().await;
    let cache = host.cache().unwrap();
    cache.set("kept", "1").await.unwrap();
    let stands = async |error: ReloadError, code: &str| {
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(cache.get("kept").await.unwrap().as_deref(), Some(&b"1"[..]));
        assert_eq!(cache.calls().provider(), "first");
        assert!(host.readiness().ready);
    };
    // Starts well beside another that does not: it is stopped again.
    let text = caches("second", 10).replace("[analytics]\nproviders = []", "[analytics]\nproviders = [\"crooked\"]");
    setup.rewrite(&format!("{text}[providers.crooked]\nsettings.fault = 7\nstart-timeout = \"300ms\"\n"));
    assert!(outrigger::configure(&setup.sources()).is_err(), "the settings are checked before anything starts");
    setup.rewrite(&format!("{text}[providers.crooked]\nsettings.fault = \"start_hangs\"\nstart-timeout = \"300ms\"\n"));
    let error = setup.reload(&host).await.unwrap_err();
    assert!(error.to_string().contains("provider `crooked`: start did not end within 300 ms"), "{error}");
    stands(error, "reload.provider_failed").await;
    setup.rewrite(&format!("{}[listen]\nhttp = \"127.0.0.1:1\"\n", caches("second", 10)));
    let error = setup.reload(&host).await.unwrap_err();
    assert_eq!(error.to_string(), "listen.http can't change while the host runs");
    stands(error, "reload.needs_restart").await;
    // Cut off in the middle of a copy.
    let file = setup.plugins().join(plugins::library("cache_memory").file_name().unwrap());
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    setup.rewrite(&caches("second", 10));
    let error = setup.reload(&host).await.unwrap_err();
    stands(error, "reload.provider_failed").await;
    std::fs::write(&file, &bytes).unwrap();
    let few = caches("first", 10).replace("10_000", "1");
    setup.rewrite(&few);
    setup.reload(&host).await.unwrap();
    // Two more: the first of them may be the one that is allowed.
    another_version(&setup.plugins(), "cache_memory");
    let first = setup.reload(&host).await;
    another_version(&setup.plugins(), "cache_memory");
    let error = first.and(setup.reload(&host).await).unwrap_err();
    assert_eq!(error.code(), "reload.too_many_libraries");
    host.shutdown().await;
    assert!(matches!(setup.reload(&host).await, Err(ReloadError::Ending)));
}

/// Calls the cache and tracks events without a pause, and counts what fails.
struct Load {
    ending: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
    workers: Vec<tokio::task::JoinHandle<(Vec<String>, Vec<uuid::Uuid>)>>,
}

impl Load {
    fn start(host: &Host) -> Self {
        let (ending, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let worker = |number: usize| {
            let (host, ending, calls) = (host.clone(), ending.clone(), calls.clone());
            tokio::spawn(async move {
                let (mut failed, mut ids) = (Vec::new(), Vec::new());
                let cache = host.cache().unwrap();
                let mut note = |error: Result<(), CallError>| failed.extend(error.err().map(|error| error.to_string()));
                while !ending.load(Ordering::Relaxed) {
                    let key = format!("key-{number}");
                    note(cache.set(&key, "value").await.map(drop));
                    note(cache.get(&key).await.map(drop));
                    if let Ok(analytics) = host.analytics() {
                        match analytics.track(&key, "seen").await {
                            Ok(accepted) => ids.extend(accepted.ids()),
                            Err(error) => note(Err(error)),
                        }
                    }
                    calls.fetch_add(1, Ordering::Relaxed);
                }
                (failed, ids)
            })
        };
        let workers = (0..4).map(worker).collect();
        Self { ending, calls, workers }
    }

    async fn more(&self) {
        let before = self.calls.load(Ordering::Relaxed);
        eventually("the load goes on", async || self.calls.load(Ordering::Relaxed) > before + 20).await;
    }

    /// Ends the load; returns the ids of every event that was accepted.
    async fn end(self) -> Vec<uuid::Uuid> {
        self.ending.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for worker in self.workers {
            let (failed, ids) = worker.await.unwrap();
            assert!(failed.is_empty(), "{} failed: {:?}", failed.len(), &failed[..failed.len().min(3)]);
            all.extend(ids);
        }
        all
    }
}

/// Returns a folder whose database is in it.
fn with_database(text: &str, libraries: &[&str]) -> Setup {
    let setup = Setup::new(text, libraries);
    let database = setup.path("events.sqlite3").display().to_string();
    setup.variable("ANALYTICS_DATABASE_PATH", &database)
}

/// Returns how often each event is in the database.
fn stored(path: &Path) -> HashMap<String, u32> {
    let database = rusqlite::Connection::open(path).unwrap();
    let mut statement = database.prepare("SELECT lower(hex(id)), count(*) FROM event GROUP BY 1").unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_fails_and_no_event_is_lost_while_providers_come_go_and_change() {
    let text = |cache: &str, entries: u32, analytics: &str, wait: &str| {
        let selected = format!("[analytics]\nproviders = [{analytics}]");
        caches(cache, entries).replace("[analytics]\nproviders = []", &selected)
            + &format!("[providers.internal]\nsettings.busy-timeout = \"{wait}\"\n")
            + "[providers.crooked]\nsettings.fault = \"none\"\n"
    };
    let mut setup = with_database(
        &text("first", 10, "\"internal\"", "5s"),
        &["cache_memory", "analytics_internal", "analytics_crooked"],
    );
    let host = setup.start().await;
    let load = Load::start(&host);
    let both = "\"internal\", \"crooked\"";
    for round in 0..6_u32 {
        for (cache, entries, analytics, wait) in [
            ("second", 10, "\"internal\"", "5s"),
            ("second", 10, both, "5s"),
            ("first", 20 + round, both, "6s"),
            ("first", 20 + round, "\"internal\"", "6s"),
        ] {
            load.more().await;
            setup.rewrite(&text(cache, entries, analytics, wait));
            setup.reload(&host).await.unwrap();
        }
        another_version(&setup.plugins(), if round % 2 == 0 { "cache_memory" } else { "analytics_internal" });
        setup.reload(&host).await.unwrap();
        // Refused in the middle of it: what was stopped for its successor goes on.
        setup.rewrite(&text("first", 10, both, "7s").replace("\"none\"", "\"start_fails\""));
        assert_eq!(setup.reload(&host).await.unwrap_err().code(), "reload.provider_failed");
        assert!(host.readiness().ready, "{:?}", host.readiness());
    }
    let ids = load.end().await;
    assert!(ids.len() > 100, "{}", ids.len());
    eventually("all is delivered", async || {
        host.deliveries().unwrap().status().lanes.iter().all(|lane| lane.behind == 0)
    })
    .await;
    let file = setup.path("events.sqlite3");
    host.shutdown().await;
    let stored = stored(&file);
    let lost: Vec<_> = ids.iter().filter(|id| !stored.contains_key(&id.simple().to_string())).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), ids.len());
    assert!(stored.values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_comes_back_goes_on_at_its_cursor() {
    let text = |analytics: &str| {
        format!(
            "reload.libraries-max = 10_000\n[monitoring]\nproviders = []\n[analytics]\nproviders = [{analytics}]\n[providers.crooked]\nsettings.fault = \"none\"\n"
        )
    };
    let mut setup = with_database(&text("\"crooked\""), &["cache_memory", "analytics_internal", "analytics_crooked"]);
    let host = setup.start().await;
    let cursor = |name: &str| host.deliveries().unwrap().lane(name).map(|lane| lane.cursor());
    let track = async || host.analytics().unwrap().track("user-1", "seen").await.unwrap();
    track().await.delivered(Duration::from_secs(20)).await;
    let first = cursor("crooked").unwrap();
    setup.rewrite(&text("\"crooked\", \"internal\""));
    setup.reload(&host).await.unwrap();
    assert_eq!(cursor("internal"), Some(first), "a provider that is added begins at the end");
    setup.rewrite(&text("\"internal\""));
    setup.reload(&host).await.unwrap();
    assert_eq!(cursor("crooked"), None);
    let receipts = track().await.delivered(Duration::from_secs(20)).await;
    assert_eq!(receipts[0].providers.len(), 1, "{receipts:?}");
    setup.rewrite(&text("\"internal\", \"crooked\""));
    setup.reload(&host).await.unwrap();
    eventually("it has the event that came meanwhile", async || cursor("crooked") == Some(first + 1)).await;
    let delivered =
        host.deliveries().unwrap().lane("crooked").unwrap().counts.ended().map(|(_, count)| count).sum::<u64>();
    assert_eq!(delivered, 1);
    // All of them may go, and the first may come.
    setup.rewrite(&text(""));
    setup.reload(&host).await.unwrap();
    assert_eq!(host.analytics().unwrap_err().code(), "provider.none");
    setup.rewrite(&text("\"internal\""));
    setup.reload(&host).await.unwrap();
    let receipts = track().await.delivered(Duration::from_secs(20)).await;
    assert!(receipts[0].providers[0].state == "delivered", "{receipts:?}");
}
