//! Writes rows inside one transaction: events once each, people, aliases, groups.

mod names;
mod people;

use rusqlite::{CachedStatement, Transaction, params};

pub(crate) use names::Names;
use people::People;

use crate::row::{Effect, Row};

/// The project of every row until the host tells projects apart.
pub(crate) const PROJECT: i64 = 0;

/// One transaction's worth of work. What it learned is kept only if the commit succeeds.
pub(crate) struct Batch<'t, 'n> {
    transaction: &'t Transaction<'t>,
    /// Adds an event. Held for the whole transaction: looking the text up for each row costs a tenth of adding it.
    insert: CachedStatement<'t>,
    names: &'n mut Names,
    people: People,
}

const INSERT: &str = "INSERT INTO event(id, project, name_id, person_id, anonymous_id, session, grp, message_id, ts,
                                        received_at, props, ctx)
                      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING";

impl<'t, 'n> Batch<'t, 'n> {
    /// Begins the work of a transaction.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub(crate) fn new(transaction: &'t Transaction<'t>, names: &'n mut Names) -> rusqlite::Result<Self> {
        let insert = transaction.prepare_cached(INSERT)?;
        Ok(Self { transaction, insert, names, people: People::default() })
    }

    /// Writes one row. An id that the file has already changes nothing.
    ///
    /// # Errors
    /// What SQLite said; the transaction has to be rolled back.
    pub(crate) fn put(&mut self, row: &Row) -> rusqlite::Result<()> {
        let name = self.names.id(self.transaction, row.sort, &row.name)?;
        let person = self.people.seen(self.transaction, &row.uid, row.ts)?;
        if self.add_event(row, name, person)? {
            self.apply(row, person)?;
        }
        Ok(())
    }

    /// Writes what was gathered over all rows.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub(crate) fn finish(self) -> rusqlite::Result<()> {
        self.people.finish(self.transaction)
    }

    /// Returns whether the event is new.
    fn add_event(&mut self, row: &Row, name: i64, person: i64) -> rusqlite::Result<bool> {
        let added = self.insert.execute(params![
            row.id.as_bytes(),
            PROJECT,
            name,
            person,
            row.anonymous_id,
            row.session,
            row.group,
            row.message_id,
            row.ts,
            row.received_at,
            row.props,
            row.ctx
        ])?;
        Ok(added == 1)
    }

    fn apply(&mut self, row: &Row, person: i64) -> rusqlite::Result<()> {
        match &row.effect {
            Effect::None => Ok(()),
            Effect::Person(traits) => {
                if let Some(anonymous) = &row.anonymous_id {
                    people::link(self.transaction, anonymous, person)?;
                }
                people::merge_person(self.transaction, person, traits, row.ts)
            }
            Effect::Group(traits) => {
                let key = row.group.as_deref().unwrap_or_default();
                people::merge_group(self.transaction, key, traits, row.ts)
            }
            Effect::Alias(previous) => {
                // The former id may never have been seen, and still has to be found by it.
                self.people.seen(self.transaction, previous, row.ts)?;
                people::link(self.transaction, previous, person)
            }
        }
    }
}

#[cfg(test)]
mod tests;
