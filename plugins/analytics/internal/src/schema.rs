//! The tables, and how a file comes to have them: created, migrated step by step, or refused.

use rusqlite::{Connection, TransactionBehavior};

use crate::fault::OpenError;

/// Marks the file as ours (`PRAGMA application_id`, "Outr"), so that another program's database is never touched.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Outr");

/// The schema's versions: entry N turns a file of version N into one of version N + 1 (`PRAGMA user_version`).
const MIGRATIONS: &[&str] = &[include_str!("schema/1.sql")];

/// Brings the file to the current version.
///
/// # Errors
/// Where the file belongs to another program or to a newer version of this plugin, or can't be written.
pub(crate) fn prepare(connection: &mut Connection) -> Result<(), OpenError> {
    if version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Taken for writing at once, so that of two processes that start together one migrates and the other waits.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&transaction)?;
    for step in MIGRATIONS.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

/// Returns the file's schema version; 0 for an empty file.
///
/// # Errors
/// Where the file is not one to work with.
pub(crate) fn version(connection: &Connection) -> Result<usize, OpenError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && pragma("application_id")? != i64::from(APPLICATION_ID) {
        return Err(OpenError::Foreign);
    }
    let found = pragma("user_version")?;
    usize::try_from(found)
        .ok()
        .filter(|version| *version <= MIGRATIONS.len())
        .ok_or(OpenError::Newer { found, known: MIGRATIONS.len() })
}
