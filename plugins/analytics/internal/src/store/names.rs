//! Numbers for event names. Most applications have a few dozen names and millions of events.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Transaction};

use super::PROJECT;

/// Most names remembered: an app that puts an id into its event names must not fill the memory. Beyond, the cache
/// starts anew and the table answers.
const NAMES_MAX: usize = 10_000;

/// The numbers known. Those learned in a transaction count only after [`Names::keep`].
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: HashMap<u16, HashMap<String, i64>>,
    count: usize,
    /// Learned since the last commit, to be forgotten if there is none.
    fresh: Vec<(u16, String)>,
}

impl Names {
    /// Returns the number of a name, a new one for a new name.
    pub(super) fn id(&mut self, transaction: &Transaction<'_>, sort: u16, name: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.known.get(&sort).and_then(|names| names.get(name)) {
            return Ok(*id);
        }
        let id = match find(transaction, sort, name)? {
            Some(id) => id,
            None => add(transaction, sort, name)?,
        };
        if self.count >= NAMES_MAX {
            *self = Self::default();
        }
        self.count += 1;
        self.known.entry(sort).or_default().insert(name.to_owned(), id);
        self.fresh.push((sort, name.to_owned()));
        Ok(id)
    }

    /// The transaction was committed: what it taught stays.
    pub(crate) fn keep(&mut self) {
        self.fresh.clear();
    }

    /// The transaction was rolled back: the numbers it gave out are free again.
    pub(crate) fn forget(&mut self) {
        for (sort, name) in self.fresh.drain(..) {
            if self.known.get_mut(&sort).and_then(|names| names.remove(&name)).is_some() {
                self.count -= 1;
            }
        }
    }
}

fn find(transaction: &Transaction<'_>, sort: u16, name: &str) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached("SELECT id FROM event_name WHERE project = ? AND sort = ? AND name = ?")?
        .query_row((PROJECT, sort, name), |row| row.get(0))
        .optional()
}

fn add(transaction: &Transaction<'_>, sort: u16, name: &str) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached("INSERT INTO event_name(project, sort, name) VALUES(?, ?, ?)")?
        .insert((PROJECT, sort, name))
}
