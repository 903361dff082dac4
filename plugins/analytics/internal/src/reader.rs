//! Reads the file through a connection of its own, which never holds up the writer.

use std::path::Path;

use outrigger_plugin_api::sdk::ProviderError;
use rusqlite::{Connection, OpenFlags};

use crate::{
    fault::{self, OpenError},
    schema,
    store::PROJECT,
};

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

    pub(crate) const fn connection(&self) -> &Connection {
        &self.0
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
