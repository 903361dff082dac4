//! Deletes what nobody needs any more.

use std::{io, sync::Arc, time::Duration};

use super::{Position, error::JournalError, held::HeldFile, shared::Shared};
use crate::clock;

/// Deletes the oldest files whose records are all before the position, as far as the retention allows.
pub(super) fn release(shared: &Shared, before: Position) -> Result<u64, JournalError> {
    let _releasing = shared.releasing.lock();
    let mut freed = 0;
    // The newest file stays: it is being written, or remembers the next position.
    while let Some((oldest, next)) = shared.held.oldest_two() {
        // The next file was made after the last record of this one.
        let needed = next.header.first > before.0;
        if needed || !(is_old(shared, &next) || is_beyond(shared)) {
            break;
        }
        delete(shared, &oldest)?;
        freed += oldest.bytes();
    }
    if freed > 0 {
        shared.disk.sync_dir().map_err(|error| JournalError::sync("the journal's folder", error))?;
        shared.look_at_space();
    }
    Ok(freed)
}

fn is_old(shared: &Shared, next: &HeldFile) -> bool {
    let age = clock::unix_ms().saturating_sub(next.header.created_unix_ms);
    Duration::from_millis(age) >= shared.options.retain
}

fn is_beyond(shared: &Shared) -> bool {
    let (_, bytes) = shared.held.count();
    bytes > shared.options.retain_bytes
}

fn delete(shared: &Shared, file: &Arc<HeldFile>) -> Result<(), JournalError> {
    // First out of the list, so that no reader opens what is gone.
    shared.held.remove(file);
    match shared.disk.remove(&file.name()) {
        // Gone is gone, whoever did it.
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            shared.held.put_back(Arc::clone(file));
            Err(JournalError::delete(&file.name(), error))
        }
        _ => Ok(()),
    }
}
