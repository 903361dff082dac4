//! Which ids are one person: all that can be reached over aliases, either way.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::store::PROJECT;

/// The people with more than one id. Everybody else is one person by themselves and takes no room here.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The person of each of these ids: the smallest number of its ids.
    of: HashMap<i64, i64>,
}

impl People {
    /// Reads every alias that joins two ids with events.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached(
            "SELECT person.id, person_alias.person_id FROM person_alias
             JOIN person ON person.project = person_alias.project AND person.uid = person_alias.alias
             WHERE person_alias.project = ?",
        )?;
        let mut rows = select.query([PROJECT])?;
        let mut people = Self::default();
        while let Some(row) = rows.next()? {
            people.join(row.get(0)?, row.get(1)?);
        }
        // From here on one step leads to the person.
        let ids: Vec<i64> = people.of.keys().copied().collect();
        for id in ids {
            let person = people.root(id);
            people.of.insert(id, person);
        }
        Ok(people)
    }

    fn join(&mut self, left: i64, right: i64) {
        let (left, right) = (self.root(left), self.root(right));
        self.of.insert(left.max(right), left.min(right));
        self.of.insert(left.min(right), left.min(right));
    }

    /// Follows to the smallest number, and halves the way for the next.
    fn root(&mut self, mut id: i64) -> i64 {
        while let Some(next) = self.of.get(&id).copied().filter(|next| *next != id) {
            let further = self.of.get(&next).copied().unwrap_or(next);
            self.of.insert(id, further);
            id = further;
        }
        id
    }

    /// Returns the person an id belongs to; nothing where it is a person by itself.
    pub(super) fn joined(&self, id: i64) -> Option<i64> {
        self.of.get(&id).copied()
    }

    /// Returns the ids of each person with more than one.
    pub(super) fn groups(&self) -> HashMap<i64, Vec<i64>> {
        let mut groups: HashMap<i64, Vec<i64>> = HashMap::new();
        for (id, person) in &self.of {
            groups.entry(*person).or_default().push(*id);
        }
        groups
    }
}

/// The ids of one person and the numbers of those that have events; none where nothing is known under `uid`.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// As the app has them.
    pub(crate) uids: Vec<String>,
    /// As the file has them.
    pub(crate) persons: Vec<i64>,
}

/// Finds all that is one person with `uid`.
pub(crate) fn ids_of(connection: &Connection, uid: &str) -> rusqlite::Result<Ids> {
    // Over texts, not numbers: an id that only ever stood beside another has no row of its own.
    let mut select = connection.prepare_cached(
        "WITH RECURSIVE who(uid) AS (
             SELECT ?2
             UNION
             SELECT person_alias.alias FROM who
             JOIN person ON person.project = ?1 AND person.uid = who.uid
             JOIN person_alias ON person_alias.person_id = person.id AND person_alias.project = ?1
             UNION
             SELECT person.uid FROM who
             JOIN person_alias ON person_alias.project = ?1 AND person_alias.alias = who.uid
             JOIN person ON person.id = person_alias.person_id)
         SELECT who.uid, person.id FROM who LEFT JOIN person ON person.project = ?1 AND person.uid = who.uid",
    )?;
    let mut ids = Ids::default();
    let mut rows = select.query((PROJECT, uid))?;
    while let Some(row) = rows.next()? {
        ids.uids.push(row.get(0)?);
        ids.persons.extend(row.get::<_, Option<i64>>(1)?);
    }
    // Alone and without events: the id is not known, it was only asked for.
    Ok(if ids.persons.is_empty() { Ids::default() } else { ids })
}

#[cfg(test)]
mod tests;
