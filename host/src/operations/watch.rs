//! Watches the configuration, the env file and the plugin folders, and reloads once they have settled.
//!
//! Folders are watched and not files: an editor or an installer puts a new file in the place of the old one. What a
//! notice says is not believed: whether anything differs is decided by the reload, which hashes every plugin anew.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tracing::{error, info};

use super::{By, Operations};
use crate::{plugin::is_library, replace::folder_of};

/// Notices that may wait: more say nothing more than one.
const NOTICES_MAX: usize = 16;

impl Operations {
    /// Watches and reloads until the future is dropped. Returns at once where the configuration does not ask for it.
    pub async fn watch(self, files: Vec<PathBuf>) {
        let config = self.shared.host.config();
        if !config.reload.watch {
            return;
        }
        let mut folders: BTreeSet<PathBuf> = files.iter().map(|file| folder_of(file).to_owned()).collect();
        folders.extend(config.plugin_dirs.iter().cloned());
        let (notice, mut notices) = mpsc::channel(NOTICES_MAX);
        let heard = move |event: notify::Result<notify::Event>| {
            // An error may have lost notices. A full channel already says that something changed.
            if event.map_or(true, |event| concerns(&event, &files)) {
                let _ = notice.try_send(());
            }
        };
        let mut watcher = match notify::recommended_watcher(heard) {
            Ok(watcher) => watcher,
            Err(why) => return error!(code = "reload.watch_failed", "nothing is watched: {why}"),
        };
        for folder in &folders {
            if let Err(why) = watcher.watch(folder, RecursiveMode::NonRecursive) {
                error!(code = "reload.watch_failed", folder = %folder.display(), "not watched: {why}");
            }
        }
        info!(folders = folders.len(), "watching");
        loop {
            // Once at the beginning, too: a file may have changed since it was read for the start.
            settled(&mut notices, config.reload.settle).await;
            // What it refuses it has told; the next change is another try.
            drop(self.reload(By::Watch).await);
            if notices.recv().await.is_none() {
                return;
            }
        }
    }
}

/// Tells whether a notice is of a watched file or of a library: beside the configuration, a database may be written all
/// the time. Reading is no change.
fn concerns(event: &notify::Event, files: &[PathBuf]) -> bool {
    let named = |path: &PathBuf| files.iter().any(|file| file.file_name() == path.file_name());
    // A folder that is swapped by a link, as Kubernetes does with a mounted configuration.
    let swapped = |path: &PathBuf| path.file_name().is_some_and(|name| name == "..data");
    !event.kind.is_access() && event.paths.iter().any(|path| is_library(path) || named(path) || swapped(path))
}

/// Waits until no notice has come for a while.
async fn settled(notices: &mut mpsc::Receiver<()>, settle: Duration) {
    while let Ok(Some(())) = tokio::time::timeout(settle, notices.recv()).await {}
}
