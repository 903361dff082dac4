//! Reads the events a question is about, person by person and by time.
//!
//! Where they are few they are found by their names, put in order in memory and handed on. Where they are many, the index over
//! (person, time) is read as it lies, which needs neither memory nor sorting; only the events of people with several ids
//! are put in order, one person at a time.

use std::collections::HashSet;

use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{EventType, Filter},
};
use rusqlite::{Connection, Row};

use super::{catalog::Catalog, failed::Failed, people::People};
use crate::store::PROJECT;

/// Most events that are put in order in memory: at 32 bytes each 32 MiB. Beyond, reading the whole index is no slower.
const FEW: u64 = 1_000_000;

/// What a question makes of one event; two numbers whose meaning is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(pub(super) u16, pub(super) usize);

/// One event as it is labelled.
pub(super) struct Event<'a> {
    /// The number of type and name.
    pub(super) name_id: i64,
    /// Its type.
    pub(super) sort: EventType,
    /// Its name.
    pub(super) name: &'a str,
    /// Its properties; empty where the scan was not told to read them.
    pub(super) properties: &'a Object,
}

/// A labelled event: person, moment, label.
type Found = (u64, u64, Label);

/// What to read, ready to be read, more than once if need be.
pub(super) struct Scan<'c> {
    connection: &'c Connection,
    filter: &'c Filter,
    catalog: Catalog,
    people: People,
    names: HashSet<i64>,
    properties: bool,
    few: u64,
}

impl<'c> Scan<'c> {
    /// Prepares to read the events of the filter.
    pub(super) fn new(connection: &'c Connection, filter: &'c Filter) -> Result<Self, Failed> {
        let (catalog, people) = (Catalog::read(connection)?, People::read(connection)?);
        let names = catalog.named(&filter.events);
        Ok(Self { connection, filter, catalog, people, names, properties: filter.needs_properties(), few: FEW })
    }

    /// Leaves out what no selector of these names, too.
    pub(super) fn among<'s>(
        mut self,
        selectors: impl IntoIterator<Item = &'s outrigger_plugin_api::sdk::analytics::query::Selector> + Clone,
    ) -> Self {
        let also = self.catalog.named(selectors);
        self.names.retain(|id| also.contains(id));
        self
    }

    /// Reads properties, which costs most of the time.
    pub(super) fn with_properties(mut self, needed: bool) -> Self {
        self.properties |= needed;
        self
    }

    /// Hands every event that gets a label to `each`: person, unix milliseconds, label.
    pub(super) fn run(
        &self,
        mut label: impl FnMut(Event<'_>) -> Result<Option<Label>, Failed>,
        mut each: impl FnMut(u64, u64, Label),
    ) -> Result<(), Failed> {
        if self.names.is_empty() {
            return Ok(());
        }
        let mut take = |name_id, properties: Option<&str>| self.take(name_id, properties, &mut label);
        if self.are_few()? { self.by_name(&mut take, &mut each) } else { self.by_person(&mut take, &mut each) }
    }

    /// Filters and labels one event.
    fn take(
        &self,
        name_id: i64,
        properties: Option<&str>,
        label: &mut impl FnMut(Event<'_>) -> Result<Option<Label>, Failed>,
    ) -> Result<Option<Label>, Failed> {
        let Some((sort, name)) = self.catalog.get(name_id).filter(|_| self.names.contains(&name_id)) else {
            return Ok(None);
        };
        let properties = properties.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if self.filter.needs_properties() && !self.filter.takes(sort, name, &properties) {
            return Ok(None);
        }
        label(Event { name_id, sort, name, properties: &properties })
    }

    /// Tells whether few enough events bear the names in the time.
    fn are_few(&self) -> Result<bool, Failed> {
        if self.names.len() == self.catalog.len() && (self.filter.from_ms, self.filter.to_ms) == (None, None) {
            return Ok(false);
        }
        let sql = "SELECT count(*) FROM (SELECT 1 FROM event INDEXED BY event_nt
                   WHERE project = ? AND name_id = ? AND ts BETWEEN ? AND ? LIMIT ?)";
        let (mut select, mut left) = (self.connection.prepare_cached(sql)?, self.few);
        let (first, last) = time(self.filter);
        for name_id in &self.names {
            // One more than there may be, so that the last count tells "as many" from "more".
            let limit = i64::try_from(left.saturating_add(1)).unwrap_or(i64::MAX);
            let count: i64 = select.query_row((PROJECT, name_id, first, last, limit), |row| row.get(0))?;
            match left.checked_sub(count.unsigned_abs()) {
                Some(rest) => left = rest,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn by_name(
        &self,
        take: &mut impl FnMut(i64, Option<&str>) -> Result<Option<Label>, Failed>,
        each: &mut impl FnMut(u64, u64, Label),
    ) -> Result<(), Failed> {
        let mut select = self.connection.prepare_cached(&self.sql("event_nt", "name_id = ?4", ""))?;
        let (first, last) = time(self.filter);
        let mut found: Vec<Found> = Vec::new();
        for name_id in &self.names {
            let mut rows = select.query((PROJECT, first, last, name_id))?;
            while let Some(row) = rows.next()? {
                let (person, ms) = (row.get(0)?, row.get::<_, i64>(1)?);
                if let Some(label) = take(*name_id, text(row)?)? {
                    found.push((number(self.people.joined(person).unwrap_or(person)), number(ms), label));
                }
            }
        }
        // Events of one moment in no particular order: no answer depends on it.
        found.sort_unstable();
        found.into_iter().for_each(|(person, ms, label)| each(person, ms, label));
        Ok(())
    }

    fn by_person(
        &self,
        take: &mut impl FnMut(i64, Option<&str>) -> Result<Option<Label>, Failed>,
        each: &mut impl FnMut(u64, u64, Label),
    ) -> Result<(), Failed> {
        let mut select = self.connection.prepare_cached(&self.sql("event_pt", "true", "ORDER BY person_id, ts"))?;
        let (first, last) = time(self.filter);
        let mut rows = select.query((PROJECT, first, last))?;
        while let Some(row) = rows.next()? {
            let person: i64 = row.get(0)?;
            if self.people.joined(person).is_some() {
                continue;
            }
            if let Some(label) = take(row.get(2)?, text(row)?)? {
                each(number(person), number(row.get(1)?), label);
            }
        }
        let mut select = self.connection.prepare_cached(&self.sql("event_pt", "person_id = ?4", ""))?;
        for (person, ids) in self.people.groups() {
            let mut found: Vec<(u64, Label)> = Vec::new();
            for id in ids {
                let mut rows = select.query((PROJECT, first, last, id))?;
                while let Some(row) = rows.next()? {
                    if let Some(label) = take(row.get(2)?, text(row)?)? {
                        found.push((number(row.get(1)?), label));
                    }
                }
            }
            found.sort_unstable();
            found.into_iter().for_each(|(ms, label)| each(number(person), ms, label));
        }
        Ok(())
    }

    /// Columns: person, moment, name, properties. The index is named, because only one has the order each way needs.
    fn sql(&self, index: &str, condition: &str, order: &str) -> String {
        let properties = if self.properties { "props" } else { "NULL" };
        format!(
            "SELECT person_id, ts, name_id, {properties} FROM event INDEXED BY {index}
             WHERE project = ?1 AND ts BETWEEN ?2 AND ?3 AND {condition} {order}"
        )
    }
}

/// Returns the first and the last millisecond of the filter's time.
pub(super) fn time(filter: &Filter) -> (i64, i64) {
    let bound = |ms: Option<u64>, otherwise| ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or(otherwise);
    (bound(filter.from_ms, 0), bound(filter.to_ms.and_then(|to| to.checked_sub(1)), i64::MAX))
}

fn text<'r>(row: &'r Row<'_>) -> Result<Option<&'r str>, Failed> {
    // A text that is none, which only another program could have written, counts as no properties.
    Ok(row.get_ref(3)?.as_str().ok())
}

/// Moments and row numbers are never negative.
const fn number(value: i64) -> u64 {
    value.unsigned_abs()
}

#[cfg(test)]
mod tests;
