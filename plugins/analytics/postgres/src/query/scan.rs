//! Reads the events a question is about, person by person and by time.
//!
//! The server puts them in order: by its index over (uid, ts) or by sorting, on disk where they are many. Here a portion is in
//! memory at a time.

use std::ops::ControlFlow;

use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{EventType, Fault, Filter, Selector},
};
use tokio_postgres::Row;

use super::{
    failed::Failed,
    people::People,
    reading::Reading,
    select::{Select, milliseconds},
};

/// Rows read at once: a megabyte or so of ordinary events, and few enough trips to the server.
const PORTION: i32 = 2_000;

/// Most events one reading of a question goes through: some minutes of work, which no budget of a question has. A sort on the
/// server's disk ends with it, too.
const EVENTS_MAX: u64 = 100_000_000;

/// One event.
pub(super) struct Event<'a> {
    /// The person's number, given anew in each reading.
    pub(super) person: u64,
    pub(super) ms: u64,
    pub(super) sort: EventType,
    pub(super) name: &'a str,
    /// Its properties; empty where the scan was not told to read them.
    pub(super) properties: &'a Object,
}

/// Which order events come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Person by person, and by time.
    ByPerson,
    /// As they lie, which is quicker; all are one person's.
    Any,
}

/// What to read, ready to be read, more than once if need be.
pub(super) struct Scan<'r> {
    reading: &'r Reading<'r>,
    filter: &'r Filter,
    among: &'r [Selector],
    joined: (Vec<String>, Vec<String>),
    properties: bool,
}

impl<'r> Scan<'r> {
    /// Prepares to read the events of the filter.
    pub(super) async fn new(reading: &'r Reading<'r>, filter: &'r Filter) -> Result<Self, Failed> {
        let joined = People::read(reading).await?.finish();
        Ok(Self { reading, filter, among: &[], joined, properties: filter.needs_properties() })
    }

    /// Leaves out what no selector of these names, too.
    pub(super) const fn among(mut self, selectors: &'r [Selector]) -> Self {
        self.among = selectors;
        self
    }

    /// Reads properties, which costs most of the time.
    pub(super) const fn with_properties(mut self, needed: bool) -> Self {
        self.properties |= needed;
        self
    }

    /// Hands every event of the filter to `each`.
    pub(super) async fn run(
        &self,
        order: Order,
        mut each: impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Failed> {
        let (mut person, mut last, mut count) = (0, String::new(), 0_u64);
        let _ = self
            .reading
            .rows(&self.select(order), PORTION, |row| {
                count += 1;
                if count > EVENTS_MAX {
                    let detail = format!("takes more than {EVENTS_MAX} events; ask about less time or fewer names");
                    return Err(Fault { pointer: "/filter".to_owned(), detail }.into());
                }
                let uid: &str = row.try_get(0)?;
                if uid != last {
                    person += 1;
                    uid.clone_into(&mut last);
                }
                self.event(person, row, &mut each)?;
                Ok(ControlFlow::Continue(()))
            })
            .await?;
        Ok(())
    }

    fn event(
        &self,
        person: u64,
        row: &Row,
        each: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Failed> {
        let Some(sort) = sort_of(row.try_get(2)?) else { return Ok(()) };
        let (name, ms) = (row.try_get(3)?, milliseconds(row.try_get(1)?));
        let text: Option<&str> = row.try_get(4)?;
        let properties = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if self.filter.needs_properties() && !self.filter.takes(sort, name, &properties) {
            return Ok(());
        }
        Ok(each(Event { person, ms, sort, name, properties: &properties })?)
    }

    /// Columns: person, moment, type, name, properties.
    fn select(&self, order: Order) -> Select {
        let joins = order == Order::ByPerson && !self.joined.0.is_empty();
        let person = match order {
            Order::Any => "''",
            Order::ByPerson if joins => "coalesce(joined.person COLLATE \"C\", event.uid)",
            Order::ByPerson => "event.uid",
        };
        let properties = if self.properties { "event.props::text" } else { "NULL::text" };
        let columns = format!("SELECT {person} AS who, event.ts, event.type, event.name, {properties}");
        let mut select = Select::new(&columns);
        select.push(" FROM $schema.event");
        if joins {
            select.push(" LEFT JOIN unnest(");
            select.value(self.joined.0.clone());
            select.push("::text[], ");
            select.value(self.joined.1.clone());
            select.push("::text[]) AS joined(uid, person) ON joined.uid COLLATE \"C\" = event.uid");
        }
        select.push(" WHERE true");
        select.time(self.filter);
        select.names(&self.filter.events);
        select.names(self.among);
        if order == Order::ByPerson {
            select.push(if joins { " ORDER BY who, event.ts" } else { " ORDER BY event.uid, event.ts" });
        }
        select
    }
}

/// Reads a type. One of a later version has no name here: such events are left out, as they can't be shown.
pub(super) fn sort_of(name: &str) -> Option<EventType> {
    EventType::ALL.into_iter().find(|sort| sort.as_str() == name)
}
