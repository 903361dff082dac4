//! Removes a person, a few hundred rows at once, between commits of new events.

use outrigger_plugin_api::sdk::{ProviderError, analytics::query::Deleted};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::{
    fault,
    query::{Ids, ids_of},
    store::PROJECT,
};

/// Rows removed in one transaction: what a commit of new events may have to wait for, some milliseconds.
const STEP_ROWS: u64 = 500;

/// A person who is being removed.
#[derive(Debug)]
pub(crate) struct Removal {
    user: String,
    reply: oneshot::Sender<Result<Deleted, ProviderError>>,
    events: u64,
}

impl Removal {
    pub(crate) const fn new(user: String, reply: oneshot::Sender<Result<Deleted, ProviderError>>) -> Self {
        Self { user, reply, events: 0 }
    }

    /// Removes some rows; returns itself where there are more. One that nobody waits for goes on: half a person removed is
    /// worse than either.
    pub(super) fn step(mut self, connection: &mut Connection) -> Option<Self> {
        match remove(connection, &self.user) {
            Ok((events, None)) => {
                self.events += events;
                Some(self)
            }
            Ok((events, Some(ids))) => {
                let _ = self.reply.send(Ok(Deleted { events: self.events + events, ids }));
                None
            }
            Err(error) => {
                tracing::warn!(%error, "could not remove a person whole; asked again, the rest will go");
                let _ = self.reply.send(Err(fault::running(&error)));
                None
            }
        }
    }
}

/// Removes up to a step's events; with the last of them goes all else, and the number of ids is returned.
fn remove(connection: &mut Connection, user: &str) -> rusqlite::Result<(u64, Option<u64>)> {
    // Pages that become free are overwritten too, for which they have to be written once more.
    secure_delete(connection, "ON")?;
    let removed = (|| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let ids = ids_of(&transaction, user)?;
        let mut events: u64 = 0;
        for person in &ids.persons {
            let left = i64::try_from(STEP_ROWS.saturating_sub(events)).unwrap_or(i64::MAX);
            let removed = transaction
                .prepare_cached(
                    "DELETE FROM event WHERE seq IN
                     (SELECT seq FROM event INDEXED BY event_pt WHERE project = ? AND person_id = ? LIMIT ?)",
                )?
                .execute((PROJECT, person, left))?;
            events += u64::try_from(removed).unwrap_or(u64::MAX);
        }
        // In the transaction that finds no more: an event that comes between would otherwise belong to nobody.
        let rest = if events < STEP_ROWS { Some(forget(&transaction, &ids)?) } else { None };
        transaction.commit()?;
        Ok((events, rest))
    })();
    secure_delete(connection, "FAST")?;
    removed
}

fn secure_delete(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "secure_delete", mode, |_| Ok(()))
}

fn forget(transaction: &Transaction<'_>, ids: &Ids) -> rusqlite::Result<u64> {
    for uid in &ids.uids {
        transaction
            .prepare_cached("DELETE FROM person_alias WHERE project = ? AND alias = ?")?
            .execute((PROJECT, uid))?;
    }
    for person in &ids.persons {
        transaction.prepare_cached("DELETE FROM person WHERE id = ?")?.execute([person])?;
    }
    Ok(u64::try_from(ids.uids.len()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
