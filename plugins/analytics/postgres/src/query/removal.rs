//! Removes a person, a few hundred rows at once, in turns with the writers.

use outrigger_plugin_api::sdk::{ProviderError, analytics::query::Deleted};
use tokio_postgres::{Client, Error};

use super::people;
use crate::{schema::Schema, store::Store};

/// Rows removed in one transaction: what a commit of new events may have to wait for, some milliseconds.
const STEP_ROWS: i64 = 500;

/// Rows are named by their key: a row's place in its table is no key over partitions.
const REMOVE: &str = "DELETE FROM $schema.event USING (
        SELECT id, ts FROM $schema.event WHERE uid = ANY($1) LIMIT $2) AS gone
    WHERE event.id = gone.id AND event.ts = gone.ts";

/// Removes all that is known of a person.
///
/// # Errors
/// As PostgreSQL says. What was removed stays so; asked again, the rest goes.
pub(super) async fn remove(store: &Store, user: &str) -> Result<Deleted, ProviderError> {
    let mut deleted = Deleted::default();
    loop {
        // Given back between two steps, for whoever waits.
        let lease = store.ready().await?;
        match step(&lease.client, &store.schema, user).await {
            Ok((events, ids)) => {
                store.finish(lease, Ok(()))?;
                deleted.events += events;
                if let Some(ids) = ids {
                    return Ok(Deleted { ids, ..deleted });
                }
            }
            Err(error) => {
                // Not given back whatever the error: its transaction ends with the connection.
                let error = crate::fault::running(&error);
                tracing::warn!(%error, "could not remove a person whole; asked again, the rest will go");
                return Err(error);
            }
        }
    }
}

/// Removes up to a step's events; with the last of them goes all else, and the number of ids is returned.
async fn step(client: &Client, schema: &Schema, user: &str) -> Result<(u64, Option<u64>), Error> {
    client.batch_execute(&schema.begin()).await?;
    let rows = client.query(&schema.sql(people::IDS_OF), &[&user]).await?;
    let ids: Result<Vec<_>, Error> = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect();
    let ids = people::known(ids?);
    let events = client.execute(&schema.sql(REMOVE), &[&ids, &STEP_ROWS]).await?;
    // In the transaction that finds no more: an event that comes between would otherwise belong to nobody.
    let last = events < STEP_ROWS.unsigned_abs();
    if last {
        client.execute(&schema.sql("DELETE FROM $schema.person_alias WHERE alias = ANY($1)"), &[&ids]).await?;
        client.execute(&schema.sql("DELETE FROM $schema.person WHERE uid = ANY($1)"), &[&ids]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok((events, last.then(|| u64::try_from(ids.len()).unwrap_or(u64::MAX))))
}
