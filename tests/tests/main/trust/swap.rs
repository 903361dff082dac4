//! A file that changes while it is loaded: what runs is what was judged.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use outrigger::{Host, plugin::State};
use outrigger_tests::plugins::{self, patched};

use super::*;

const ROUNDS: usize = 30;

/// Puts another file in the library's place as an attacker would, at once and whole.
fn swap(file: &Path, other: &Path) {
    let new = file.with_extension("new");
    std::fs::hard_link(other, &new).unwrap();
    std::fs::rename(new, file).unwrap();
}

/// Ends the swapping, also where an assertion fails: the scope waits for its threads.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_swapped_again_and_again_never_runs_with_another_content_than_the_locked() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    std::fs::write(setup.path("plugins.toml"), MEMORY).unwrap();
    does(&setup, &["plugin", "lock"]);
    let file = setup.library("cache_memory");
    let good = std::fs::read(&file).unwrap();
    // Same length, same name and version, sound: only the hash tells them apart.
    let evil = patched(good.clone(), br#""profile":"debug""#, br#""profile":"eviL!""#);
    let [good, evil] = [("good", good), ("evil", evil)].map(|(name, bytes)| {
        let path = setup.path(name);
        std::fs::write(&path, bytes).unwrap();
        plugins::set_mode(&path, 0o755);
        path
    });
    let sources = setup.sources();
    let done = AtomicBool::new(false);
    let mut runs = [0; 2];
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                swap(&file, &evil);
                swap(&file, &good);
            }
        });
        let ends = Done(&done);
        tokio::task::block_in_place(|| {
            for _ in 0..ROUNDS {
                let host = tokio::runtime::Handle::current().block_on(Host::from_sources(&sources)).unwrap();
                let slot = host.registry().slots()[0].clone();
                match slot.state() {
                    State::Running(provider) => {
                        assert_eq!(provider.manifest.profile, "debug", "the swapped content runs");
                        runs[0] += 1;
                    }
                    State::Failed(failure) => {
                        assert_eq!(failure.code, "plugin.changed", "{failure:?}");
                        runs[1] += 1;
                    }
                    State::Restarting | State::Stopped => unreachable!("nobody stopped it"),
                }
                tokio::runtime::Handle::current().block_on(host.shutdown());
            }
        });
        drop(ends);
        swapping.join().unwrap();
    });
    assert!(runs.iter().all(|times| *times > 0), "the race was never lost or never won: {runs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_copy_that_was_changed_is_not_what_runs() {
    let setup = Setup::new(MEMORY, &["cache_memory"]);
    std::fs::write(setup.path("plugins.toml"), MEMORY).unwrap();
    does(&setup, &["plugin", "lock"]);
    let lock = std::fs::read_to_string(setup.path("plugins.lock")).unwrap();
    let (_, from) = lock.split_once("sha256 = \"").unwrap();
    let good = std::fs::read(setup.library("cache_memory")).unwrap();
    let evil = patched(good, br#""profile":"debug""#, br#""profile":"eviL!""#);
    // Where the host will look for the copy it made, under the hash that is locked.
    let dir = setup.path(".outrigger").join(&from[..64]);
    std::fs::create_dir_all(&dir).unwrap();
    for folder in [setup.path(".outrigger"), dir.clone()] {
        plugins::set_mode(&folder, 0o700);
    }
    std::fs::write(dir.join("libcache_memory.so"), evil).unwrap();
    let host = setup.start().await;
    let slot = host.registry().slots()[0].clone();
    let State::Running(provider) = slot.state() else { panic!("{slot:?}") };
    assert_eq!((provider.manifest.profile.as_str(), provider.sha256.as_str()), ("debug", &from[..64]));
    host.shutdown().await;
}
