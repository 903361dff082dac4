//! The types and names of events by their numbers, and which of them a question is about.

use std::collections::{HashMap, HashSet};

use outrigger_plugin_api::sdk::analytics::query::{EventType, Selector};
use rusqlite::Connection;

use crate::store::PROJECT;

/// Every type and name there is.
#[derive(Debug)]
pub(super) struct Catalog(HashMap<i64, (EventType, String)>);

impl Catalog {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached("SELECT id, sort, name FROM event_name WHERE project = ?")?;
        let rows = select.query_map([PROJECT], |row| Ok((row.get(0)?, row.get::<_, u16>(1)?, row.get(2)?)))?;
        // A sort of a later version has no name here: such events are left out, as they can't be shown.
        let known = rows.filter_map(|row| match row {
            Ok((id, sort, name)) => EventType::of_sort(sort).map(|sort| Ok((id, (sort, name)))),
            Err(error) => Some(Err(error)),
        });
        known.collect::<rusqlite::Result<_>>().map(Self)
    }

    /// Returns the type and name of a number.
    pub(super) fn get(&self, id: i64) -> Option<(EventType, &str)> {
        self.0.get(&id).map(|(sort, name)| (*sort, name.as_str()))
    }

    /// Returns the numbers that any of the selectors names; all where there is no selector.
    pub(super) fn named<'s>(&self, selectors: impl IntoIterator<Item = &'s Selector> + Clone) -> HashSet<i64> {
        let all = selectors.clone().into_iter().next().is_none();
        let named = |(sort, name): &(EventType, String)| {
            all || selectors.clone().into_iter().any(|selector| selector.names(*sort, name))
        };
        self.0.iter().filter(|(_, event)| named(event)).map(|(id, _)| *id).collect()
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
