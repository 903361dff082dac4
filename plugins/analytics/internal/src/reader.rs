//! Reads the file through a connection of its own, which never holds up the writer.

use std::path::Path;

use outrigger_plugin_api::sdk::ProviderError;
use rusqlite::{Connection, OpenFlags};

use crate::{
    fault::{self, OpenError},
    schema,
    store::PROJECT,
};

/// One event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The record's id.
    pub id: uuid::Uuid,
    /// Its name; empty where its sort has none.
    pub name: String,
    /// Unix milliseconds at which it happened.
    pub ts: i64,
    /// Properties or traits as JSON, where it has any.
    pub props: Option<String>,
}

/// A person as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPerson {
    /// Unix milliseconds of the earliest event.
    pub first_seen: i64,
    /// Unix milliseconds of the latest event.
    pub last_seen: i64,
    /// Merged traits, a JSON object.
    pub traits: String,
}

/// A read-only view of the file. Each call sees what was committed when it began.
#[derive(Debug)]
pub struct Reader(Connection);

impl Reader {
    /// Opens the file, which a provider has made.
    ///
    /// # Errors
    /// Where the file is missing or not one of this plugin's.
    pub fn open(path: &Path) -> Result<Self, ProviderError> {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            schema::version(&connection)?;
            Ok(connection)
        };
        open().map(Self).map_err(|error: OpenError| error.at(path))
    }

    /// Returns how many events of any sort bear the name.
    ///
    /// # Errors
    /// What SQLite met.
    pub fn count(&self, name: &str) -> Result<u64, ProviderError> {
        let count = || {
            self.0
                .prepare_cached(
                    "SELECT count(*) FROM event_name JOIN event
                     ON event.project = event_name.project AND event.name_id = event_name.id
                     WHERE event_name.project = ? AND event_name.name = ?",
                )?
                .query_row((PROJECT, name), |row| row.get::<_, i64>(0))
        };
        count().map(i64::unsigned_abs).map_err(|error| fault::running(&error))
    }

    /// Returns a person's latest events, newest first, whichever of the person's ids is given.
    ///
    /// # Errors
    /// What SQLite met.
    pub fn timeline(&self, user: &str, limit: u32) -> Result<Vec<StoredEvent>, ProviderError> {
        // Aliases are pairs, so the ids of one person are all that can be reached over them, either way.
        let sql = "WITH RECURSIVE who(id, uid) AS (
                SELECT id, uid FROM person WHERE project = ?1 AND uid = ?2
                UNION
                SELECT person.id, person.uid FROM who
                JOIN person_alias ON person_alias.person_id = who.id AND person_alias.project = ?1
                JOIN person ON person.project = ?1 AND person.uid = person_alias.alias
                UNION
                SELECT person.id, person.uid FROM who
                JOIN person_alias ON person_alias.project = ?1 AND person_alias.alias = who.uid
                JOIN person ON person.id = person_alias.person_id)
            SELECT event.id, event_name.name, event.ts, event.props
            FROM who CROSS JOIN event ON event.project = ?1 AND event.person_id = who.id
            JOIN event_name ON event_name.id = event.name_id
            ORDER BY event.ts DESC, event.seq DESC LIMIT ?3";
        let read = || {
            let mut select = self.0.prepare_cached(sql)?;
            let rows = select.query_map((PROJECT, user, limit), stored)?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| fault::running(&error))
    }

    /// Returns the ids of all events in the order they were stored.
    ///
    /// # Errors
    /// What SQLite met.
    pub fn ids(&self) -> Result<Vec<uuid::Uuid>, ProviderError> {
        let read = || {
            let mut select = self.0.prepare_cached("SELECT id FROM event ORDER BY seq")?;
            let rows = select.query_map([], |row| row.get(0).map(uuid::Uuid::from_bytes))?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| fault::running(&error))
    }

    /// Returns what is known under one id.
    ///
    /// # Errors
    /// What SQLite met.
    pub fn person(&self, uid: &str) -> Result<Option<StoredPerson>, ProviderError> {
        use rusqlite::OptionalExtension as _;
        self.0
            .query_row(
                "SELECT first_seen, last_seen, traits FROM person WHERE project = ? AND uid = ?",
                (PROJECT, uid),
                |row| Ok(StoredPerson { first_seen: row.get(0)?, last_seen: row.get(1)?, traits: row.get(2)? }),
            )
            .optional()
            .map_err(|error| fault::running(&error))
    }
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent { id: uuid::Uuid::from_bytes(row.get(0)?), name: row.get(1)?, ts: row.get(2)?, props: row.get(3)? })
}
