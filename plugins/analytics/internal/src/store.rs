//! Writes rows inside one transaction: events once each, people, aliases, groups.

mod insert;
mod names;
mod people;

use rusqlite::Transaction;

use insert::{Inserts, Ready};
pub(crate) use names::Names;
use people::People;

use crate::row::{Effect, Row};

/// The project of every row until the host tells projects apart.
pub(crate) const PROJECT: i64 = 0;

/// Where a row stands: its delivery, and its place in that.
pub(crate) type Place = (usize, usize);

/// Why the transaction has to be rolled back.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Whose row it was, where that is known.
    pub(crate) place: Option<Place>,
    /// What SQLite said.
    pub(crate) error: rusqlite::Error,
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self { place: None, error }
    }
}

/// One transaction's worth of work. What it learned is kept only if the commit succeeds.
pub(crate) struct Batch<'t, 'n, 'r> {
    transaction: &'t Transaction<'t>,
    inserts: Inserts<'t, 'r>,
    names: &'n mut Names,
    people: People,
}

impl<'t, 'n, 'r> Batch<'t, 'n, 'r> {
    /// Begins the work of a transaction.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub(crate) fn new(transaction: &'t Transaction<'t>, names: &'n mut Names) -> Result<Self, Refused> {
        Ok(Self { transaction, inserts: Inserts::new(transaction)?, names, people: People::default() })
    }

    /// Writes one row, or keeps it to be written with those that follow. An id that the file has already changes nothing.
    ///
    /// # Errors
    /// What SQLite said, of this row or one before it; the transaction has to be rolled back.
    pub(crate) fn put(&mut self, place: Place, row: &'r Row) -> Result<(), Refused> {
        let refused = |error| Refused { place: Some(place), error };
        let name = self.names.id(self.transaction, row.sort, &row.name).map_err(refused)?;
        let person = self.people.seen(self.transaction, &row.uid, row.ts).map_err(refused)?;
        let event = Ready { place, row, name, person };
        match row.effect {
            Effect::None => self.inserts.add(event),
            _ if self.inserts.add_now(event)? => self.apply(row, person).map_err(refused),
            _ => Ok(()),
        }
    }

    /// Writes what was kept and gathered over all rows.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub(crate) fn finish(mut self) -> Result<(), Refused> {
        self.inserts.flush()?;
        Ok(self.people.finish(self.transaction)?)
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
