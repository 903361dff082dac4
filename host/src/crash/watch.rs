//! Begins and ends the watch over a run, and tells what the last one left.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
    sync::atomic::Ordering::Relaxed,
};

use tracing::{error, warn};

use super::{
    Counts,
    ended::{Ended, read},
    folder, mark,
    page::{self, Head, MAGIC, WORDS, Words},
    trap,
};
use crate::replace::make_private_folder;

/// The page's file.
const FILE: &str = "in-flight";

/// The watch over this run. Dropped, it ends well: what happens afterwards is nobody's crash.
#[derive(Debug)]
pub struct Watch {
    /// Locked for as long as it is open, so that no other host takes the page.
    _file: Option<File>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        trap::expect_end();
        page::present().head(Head::Clean).store(1, Relaxed);
    }
}

/// Says what the last run left in the journal's folder, counts it, and watches over this one. A host that can't be watched
/// runs all the same.
pub fn watch(journal: &Path) -> Watch {
    let folder = folder(journal);
    let began = begin(&folder).inspect_err(|error| {
        let folder = folder.display();
        warn!(code = "host.unwatched", "crashes of plugins will not be attributed; {folder}: {error}");
    });
    Watch { _file: began.ok() }
}

fn begin(folder: &Path) -> io::Result<File> {
    make_private_folder(folder)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(folder.join(FILE))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(io::Error::other("another host uses it")),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut bytes = Vec::new();
    // One byte more than a page: a longer file is none.
    (&mut file).take(WORDS as u64 * 8 + 1).read_to_end(&mut bytes)?;
    if let Some(words) = Words::read(&bytes) {
        tell(folder, &read(&words))?;
    }
    // Counted and on disk before the page that says so is wiped. Written and not only lengthened: the disk must have its
    // blocks before they are mapped.
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&[0; WORDS * 8])?;
    let page = trap::map(&file)?;
    page.head(Head::Run).store(uuid::Uuid::now_v7().as_u64_pair().1, Relaxed);
    page.head(Head::Magic).store(MAGIC, Relaxed);
    mark::introduce(page);
    if !page::adopt(page, folder.to_owned()) {
        return Err(io::Error::other("this process is watched already"));
    }
    trap::set()?;
    Ok(file)
}

fn tell(folder: &Path, ended: &Ended) -> io::Result<()> {
    match ended {
        Ended::Well => {}
        Ended::ByProvider(crash) => {
            let mut counts = Counts::read(folder).unwrap_or_default();
            let counted = counts.count(crash).clone();
            let (provider, last) = (&crash.provider, counted.last());
            error!(
                provider,
                code = "plugin.crashed",
                crashes = counted.count,
                ran_ms = crash.ran_ms,
                "the provider crashed the last run of the host {last}"
            );
            counts.write(folder)?;
        }
        Ended::Otherwise { cause, in_flight } => {
            let cause = cause.map_or_else(
                || "without a word: killed, out of memory, no power".to_owned(),
                |cause| cause.to_string(),
            );
            let in_flight = if in_flight.is_empty() { "nothing".to_owned() } else { in_flight.join(", ") };
            warn!(code = "host.ended_abruptly", in_flight, "the last run ended {cause}; no provider is blamed");
        }
    }
    Ok(())
}
