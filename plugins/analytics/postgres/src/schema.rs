//! The tables, and how a database comes to have them: created, migrated step by step, or refused.

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use tokio_postgres::{Client, Error};

use crate::fault;

/// The schema's versions: entry N turns a schema of version N into one of version N + 1.
const MIGRATIONS: &[&str] = &[include_str!("schema/1.sql")];

/// Stands for the schema's name in SQL files.
const PLACE: &str = "$schema";

/// A schema's name, checked by the settings, and the time a statement may take.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    pub(crate) name: String,
    pub(crate) statement_timeout_ms: u128,
}

impl Schema {
    /// Returns the SQL with the schema's name in it.
    pub(crate) fn sql(&self, text: &str) -> String {
        text.replace(PLACE, &format!("\"{}\"", self.name))
    }

    /// Returns what begins a transaction that writes. One at a time does, over every process: then rows are numbered in
    /// the order they are committed, and two batches with the same people never wait for each other.
    pub(crate) fn begin(&self) -> String {
        format!(
            "BEGIN; SET LOCAL statement_timeout = {}; SET LOCAL synchronous_commit = on; \
             SELECT pg_advisory_xact_lock(hashtextextended('outrigger {}', 0))",
            self.statement_timeout_ms, self.name
        )
    }

    /// Brings the database to the current version.
    ///
    /// # Errors
    /// Where the schema belongs to a newer version, the database keeps another encoding, or as PostgreSQL says.
    pub(crate) async fn prepare(&self, client: &Client) -> Result<(), ProviderError> {
        let said = |error: Error| fault::running(&error);
        let encoding: String = client.query_one("SHOW server_encoding", &[]).await.map_err(said)?.get(0);
        if encoding != "UTF8" {
            let text = format!("the database keeps text as {encoding}; name one made with ENCODING 'UTF8'");
            return Err(ProviderError::new(ErrorKind::Refused, text));
        }
        if self.version(client).await.map_err(said)? == Some(MIGRATIONS.len()) {
            return Ok(());
        }
        client.batch_execute(&self.begin()).await.map_err(said)?;
        let done = self.migrate(client).await;
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        client.batch_execute(end).await.map_err(said)?;
        done
    }

    async fn migrate(&self, client: &Client) -> Result<(), ProviderError> {
        let said = |error: Error| fault::running(&error);
        // Asked again under the lock: another process may just have done it.
        let from = self.version(client).await.map_err(said)?.unwrap_or(0);
        if from > MIGRATIONS.len() {
            let (name, known) = (&self.name, MIGRATIONS.len());
            return Err(ProviderError::new(
                ErrorKind::Refused,
                format!(
                    "schema `{name}` has version {from}, made by a newer version of this plugin, which knows up to \
                     {known}; update the plugin or name another schema"
                ),
            ));
        }
        for step in MIGRATIONS.iter().skip(from) {
            client.batch_execute(&self.sql(step)).await.map_err(said)?;
        }
        let set = self.sql("UPDATE $schema.outrigger_version SET version = $1");
        let version = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
        client.execute(&set, &[&version]).await.map_err(said)?;
        Ok(())
    }

    /// Returns the schema's version; nothing where there are no tables.
    async fn version(&self, client: &Client) -> Result<Option<usize>, Error> {
        // By the catalog, not by `to_regclass`: that may remember that the table was not there, past the wait for the lock.
        let there = "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                     WHERE nspname = $1::text AND relname = 'outrigger_version')";
        if !client.query_one(there, &[&self.name]).await?.get::<_, bool>(0) {
            return Ok(None);
        }
        let row = client.query_one(&self.sql("SELECT version FROM $schema.outrigger_version"), &[]).await?;
        Ok(usize::try_from(row.get::<_, i32>(0)).ok())
    }
}
