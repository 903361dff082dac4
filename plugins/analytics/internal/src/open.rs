//! Opens the file: for the one writer, or for any number of readers beside it.

use rusqlite::{Connection, OpenFlags};

use crate::{
    fault::OpenError,
    schema,
    settings::{Settings, Synchronous},
};

/// Statements kept compiled: more than the writer has.
const STATEMENTS: usize = 64;

/// SQLite's page cache in KiB: 32 MiB hold the upper levels of every index of a file with tens of millions of events.
const CACHE_KIB: i64 = 32 * 1024;

/// Pages in the write-ahead log before a commit moves them into the file: 16 MiB. With SQLite's own 1000 a busy load of
/// single events is a fifth slower (36,000 against 46,000 a second, examples/throughput.rs, 2 cores, 2026-11); four
/// times more gains nothing for them and a twentieth for large batches.
const CHECKPOINT_PAGES: i64 = 4096;

/// Bytes the write-ahead log is cut back to after a long reader let it grow.
const LOG_BYTES_MAX: i64 = 64 << 20;

/// Opens the file for the writer: made if missing, brought to the current schema.
///
/// # Errors
/// Where the file can't be used; its kind says whether by settings or for now.
pub(crate) fn for_writing(settings: &Settings) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&settings.path, flags)?;
    connection.busy_timeout(settings.busy_timeout.0)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Before anything that changes the file: one of another program must stay as it is.
    schema::version(&connection)?;
    // Answers with the mode it got, which is another where the file system lacks shared memory; that works as well.
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(mode, "the file system has no write-ahead log for SQLite: readers will block writes");
    }
    let synchronous = match settings.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // The writer only refers to rows that it has read or added itself; checking that again takes a twentieth of an event.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX)?;
    // What moves within a page leaves no copy behind, which a removal of a person would not find. Costs no disk.
    connection.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
    schema::prepare(&mut connection)?;
    Ok(connection)
}
