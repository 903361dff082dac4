//! What can go wrong with a journal.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

/// What a full or failing disk needs at least before asking again makes sense: someone has to delete something, or the
/// writer has to begin a new file, which it tries every second.
const DISK_WAIT: Duration = Duration::from_secs(5);

/// A commit or two: what is pending is then written, or will not be.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Why a journal refused or failed. One failed commit tells the same error to everyone in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// The file system has less free space than is to be left.
    #[error("the disk has {free_bytes} free bytes, and the journal leaves {free_bytes_min} of them alone")]
    DiskFull {
        /// What is free.
        free_bytes: u64,
        /// [`Options::free_bytes_min`](super::Options::free_bytes_min).
        free_bytes_min: u64,
    },
    /// The file system took no more bytes.
    #[error("no space for journal file `{file}`")]
    NoSpace {
        /// The journal file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// More bytes wait to be committed than may.
    #[error("{pending_bytes} bytes wait for the disk, at most {pending_bytes_max} may")]
    Overloaded {
        /// What waits.
        pending_bytes: usize,
        /// [`Options::pending_bytes_max`](super::Options::pending_bytes_max).
        pending_bytes_max: usize,
    },
    /// A payload is longer than a record may be, or the payloads of one append exceed what may be pending at all.
    #[error("{bytes} bytes, at most {bytes_max} are taken at once")]
    RecordTooLarge {
        /// What was offered.
        bytes: usize,
        /// What is taken.
        bytes_max: usize,
    },
    /// A new journal file can't be made.
    #[error("journal file `{file}` can't be made")]
    CreateFailed {
        /// The journal file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A write failed. Later appends go to another file.
    #[error("journal file `{file}` can't be written")]
    WriteFailed {
        /// The journal file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// What was written can't be brought to disk. Later appends go to another file.
    #[error("`{file}` can't be brought to disk")]
    SyncFailed {
        /// The journal file, or the journal's folder.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A file that nobody needs any more can't be deleted.
    #[error("journal file `{file}` can't be deleted")]
    DeleteFailed {
        /// The journal file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// Another process has the journal open.
    #[error("the journal in {} is open in another process", dir.display())]
    Locked {
        /// The journal's folder.
        dir: PathBuf,
    },
    /// The journal's folder can't be made, opened or locked.
    #[error("the journal's folder {} can't be used", dir.display())]
    FolderUnusable {
        /// The folder, as far as it is known.
        dir: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The journal's folder can't be listed.
    #[error("the journal's folder can't be listed")]
    Unlistable {
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The system gave no thread for the writer.
    #[error("the journal's thread can't be started")]
    NoThread {
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// A journal file can't be read. Damaged content is never reported so: it is skipped.
    #[error("journal file `{file}` can't be read")]
    Unreadable {
        /// The journal file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
}

impl JournalError {
    /// Returns the stable code of the situation.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } | Self::NoSpace { .. } => "journal.disk_full",
            Self::Overloaded { .. } => "journal.overloaded",
            Self::RecordTooLarge { .. } => "journal.record_too_large",
            Self::CreateFailed { .. } => "journal.create_failed",
            Self::WriteFailed { .. } => "journal.write_failed",
            Self::SyncFailed { .. } => "journal.sync_failed",
            Self::DeleteFailed { .. } => "journal.delete_failed",
            Self::Locked { .. } => "journal.locked",
            Self::FolderUnusable { .. } | Self::Unlistable { .. } => "journal.folder_unusable",
            Self::NoThread { .. } => "journal.no_thread",
            Self::Closed => "journal.closed",
            Self::Unreadable { .. } => "journal.unreadable",
        }
    }

    /// Returns how long to wait before trying again; `None` where that can't help.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::DiskFull { .. } | Self::NoSpace { .. } => Some(DISK_WAIT),
            Self::CreateFailed { .. } | Self::DeleteFailed { .. } | Self::Unreadable { .. } => Some(DISK_WAIT),
            // Closed means that the process ends: its successor may answer.
            Self::Overloaded { .. } | Self::WriteFailed { .. } | Self::SyncFailed { .. } | Self::Closed => {
                Some(BUSY_WAIT)
            }
            Self::RecordTooLarge { .. }
            | Self::Locked { .. }
            | Self::FolderUnusable { .. }
            | Self::Unlistable { .. }
            | Self::NoThread { .. } => None,
        }
    }

    pub(super) fn create(file: &str, error: io::Error) -> Self {
        let (file, source) = (file.to_owned(), Arc::new(error));
        if is_full(&source) { Self::NoSpace { file, source } } else { Self::CreateFailed { file, source } }
    }

    pub(super) fn write(file: &str, error: io::Error) -> Self {
        let (file, source) = (file.to_owned(), Arc::new(error));
        if is_full(&source) { Self::NoSpace { file, source } } else { Self::WriteFailed { file, source } }
    }

    pub(super) fn sync(file: &str, error: io::Error) -> Self {
        let (file, source) = (file.to_owned(), Arc::new(error));
        // A file system that allocates late finds out only now.
        if is_full(&source) { Self::NoSpace { file, source } } else { Self::SyncFailed { file, source } }
    }

    pub(super) fn delete(file: &str, error: io::Error) -> Self {
        Self::DeleteFailed { file: file.to_owned(), source: Arc::new(error) }
    }

    pub(super) fn read(file: &str, error: io::Error) -> Self {
        Self::Unreadable { file: file.to_owned(), source: Arc::new(error) }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
