//! People and groups: when they were seen, which ids are one person, what is known of them.

use std::collections::HashMap;

use outrigger_plugin_api::sdk::analytics::Object;
use rusqlite::{OptionalExtension, Transaction};

use super::PROJECT;

/// The people a transaction met. Their rows are updated once at its end, however many events they had.
#[derive(Debug, Default)]
pub(super) struct People(HashMap<String, Seen>);

#[derive(Debug)]
struct Seen {
    id: i64,
    first: i64,
    last: i64,
    /// Whether the row says otherwise.
    changed: bool,
}

impl People {
    /// Returns the row number of an id seen at `ts`.
    pub(super) fn seen(&mut self, transaction: &Transaction<'_>, uid: &str, ts: i64) -> rusqlite::Result<i64> {
        if let Some(seen) = self.0.get_mut(uid) {
            seen.at(ts);
            return Ok(seen.id);
        }
        let mut seen = match find(transaction, uid)? {
            Some(seen) => seen,
            None => add(transaction, uid, ts)?,
        };
        seen.at(ts);
        let id = seen.id;
        self.0.insert(uid.to_owned(), seen);
        Ok(id)
    }

    /// Writes the moments back.
    pub(super) fn finish(self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut update = transaction.prepare_cached("UPDATE person SET first_seen = ?, last_seen = ? WHERE id = ?")?;
        for seen in self.0.values().filter(|seen| seen.changed) {
            update.execute((seen.first, seen.last, seen.id))?;
        }
        Ok(())
    }
}

impl Seen {
    fn at(&mut self, ts: i64) {
        self.changed |= ts < self.first || ts > self.last;
        self.first = self.first.min(ts);
        self.last = self.last.max(ts);
    }
}

fn find(transaction: &Transaction<'_>, uid: &str) -> rusqlite::Result<Option<Seen>> {
    transaction
        .prepare_cached("SELECT id, first_seen, last_seen FROM person WHERE project = ? AND uid = ?")?
        .query_row((PROJECT, uid), |row| {
            Ok(Seen { id: row.get(0)?, first: row.get(1)?, last: row.get(2)?, changed: false })
        })
        .optional()
}

fn add(transaction: &Transaction<'_>, uid: &str, ts: i64) -> rusqlite::Result<Seen> {
    let id = transaction
        .prepare_cached("INSERT INTO person(project, uid, first_seen, last_seen) VALUES(?, ?, ?, ?)")?
        .insert((PROJECT, uid, ts, ts))?;
    Ok(Seen { id, first: ts, last: ts, changed: false })
}

/// Notes that `alias` is the person too. The first word stands: a shared device must not make two users one.
pub(super) fn link(transaction: &Transaction<'_>, alias: &str, person: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO person_alias(project, alias, person_id)
             SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM person WHERE id = ?3 AND uid = ?2)
             ON CONFLICT DO NOTHING",
        )?
        .execute((PROJECT, alias, person))?;
    Ok(())
}

/// Merges traits into a person's.
pub(super) fn merge_person(
    transaction: &Transaction<'_>,
    person: i64,
    traits: &Object,
    ts: i64,
) -> rusqlite::Result<()> {
    let known = transaction
        .prepare_cached("SELECT traits, traits_at FROM person WHERE id = ?")?
        .query_row([person], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let (merged, at) = merged(&known.0, known.1, traits, ts);
    transaction
        .prepare_cached("UPDATE person SET traits = ?, traits_at = ? WHERE id = ?")?
        .execute((merged, at, person))?;
    Ok(())
}

/// Merges traits into a group's; a new group is added.
pub(super) fn merge_group(transaction: &Transaction<'_>, key: &str, traits: &Object, ts: i64) -> rusqlite::Result<()> {
    let known = transaction
        .prepare_cached("SELECT traits, traits_at FROM grp WHERE project = ? AND gtype = '' AND gkey = ?")?
        .query_row((PROJECT, key), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or_default();
    let (merged, at) = merged(&known.0, known.1, traits, ts);
    transaction
        .prepare_cached(
            "INSERT INTO grp(project, gkey, traits, traits_at) VALUES(?, ?, ?, ?)
             ON CONFLICT(project, gtype, gkey) DO UPDATE SET traits = excluded.traits, traits_at = excluded.traits_at",
        )?
        .execute((PROJECT, key, merged, at))?;
    Ok(())
}

/// Joins two sets of traits key by key; where both have one, the later word stands, whichever arrived first.
fn merged(known: &str, known_at: i64, told: &Object, told_at: i64) -> (String, i64) {
    let known: Object = serde_json::from_str(known).unwrap_or_default();
    let (mut older, newer) = if told_at >= known_at { (known, told.clone()) } else { (told.clone(), known) };
    older.extend(newer);
    (serde_json::Value::Object(older).to_string(), known_at.max(told_at))
}
