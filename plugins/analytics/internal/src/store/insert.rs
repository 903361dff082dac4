//! Adds events, several by one statement: with a statement of its own for each the writing thread takes a quarter more time in
//! SQLite, which then seeks its way into every index anew (examples/throughput.rs, samples of the thread, 2026-11-29).

use rusqlite::{CachedStatement, Statement, ToSql, Transaction};

use super::{PROJECT, Place, Refused};
use crate::{fault, row::Row};

/// Events that one statement adds: what is saved is saved for all but one of them. The remainder of a transaction, up to so
/// many less one, is added one by one.
const ROWS: usize = 16;

const COLUMNS: [&str; 12] = [
    "id",
    "project",
    "name_id",
    "person_id",
    "anonymous_id",
    "session",
    "grp",
    "message_id",
    "ts",
    "received_at",
    "props",
    "ctx",
];

/// An event with the numbers of its name and person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready<'r> {
    pub(super) place: Place,
    pub(super) row: &'r Row,
    pub(super) name: i64,
    pub(super) person: i64,
}

/// The events of one transaction on their way in.
pub(super) struct Inserts<'t, 'r> {
    /// Held for the whole transaction: looking the text up for each event costs a tenth of adding it.
    one: CachedStatement<'t>,
    several: CachedStatement<'t>,
    waiting: Vec<Ready<'r>>,
}

/// Returns the statement that adds so many events. Where it fails it keeps what it has added so far: undoing that would
/// need a copy of each page that it changes, and the transaction is rolled back, or the rest added one by one.
fn text(rows: usize) -> String {
    let values = format!("({})", vec!["?"; COLUMNS.len()].join(", "));
    let (columns, values) = (COLUMNS.join(", "), vec![values; rows].join(", "));
    format!("INSERT OR FAIL INTO event({columns}) VALUES{values} ON CONFLICT(id) DO NOTHING")
}

impl<'t, 'r> Inserts<'t, 'r> {
    pub(super) fn new(transaction: &'t Transaction<'t>) -> rusqlite::Result<Self> {
        let [one, several] = [1, ROWS].map(|rows| transaction.prepare_cached(&text(rows)));
        Ok(Self { one: one?, several: several?, waiting: Vec::with_capacity(ROWS) })
    }

    /// Adds an event, now or together with those that follow.
    pub(super) fn add(&mut self, event: Ready<'r>) -> Result<(), Refused> {
        self.waiting.push(event);
        if self.waiting.len() < ROWS { Ok(()) } else { self.flush() }
    }

    /// Adds an event at once, after those that wait, and returns whether it is new.
    pub(super) fn add_now(&mut self, event: Ready<'r>) -> Result<bool, Refused> {
        self.flush()?;
        let added = run(&mut self.one, &[event]).map_err(|error| Refused { place: Some(event.place), error })?;
        Ok(added == 1)
    }

    /// Adds the events that wait.
    pub(super) fn flush(&mut self) -> Result<(), Refused> {
        if self.waiting.len() == ROWS {
            match run(&mut self.several, &self.waiting) {
                Ok(_) => {
                    self.waiting.clear();
                    return Ok(());
                }
                // One of them can't be stored: which, they say one by one. Those that were added already are passed over.
                Err(error) if fault::is_of_the_record(&error) => {}
                Err(error) => return Err(Refused { place: None, error }),
            }
        }
        for event in self.waiting.drain(..) {
            run(&mut self.one, &[event]).map_err(|error| Refused { place: Some(event.place), error })?;
        }
        Ok(())
    }
}

/// Runs a statement that adds so many events; returns how many were new.
fn run(statement: &mut Statement<'_>, events: &[Ready<'_>]) -> rusqlite::Result<usize> {
    for (index, Ready { row, name, person, .. }) in events.iter().enumerate() {
        let id = row.id.as_bytes();
        let values: [&dyn ToSql; COLUMNS.len()] = [
            id,
            &PROJECT,
            name,
            person,
            &row.anonymous_id,
            &row.session,
            &row.group,
            &row.message_id,
            &row.ts,
            &row.received_at,
            &row.props,
            &row.ctx,
        ];
        // Parameters count from 1.
        for (value, at) in values.into_iter().zip(index * COLUMNS.len() + 1..) {
            statement.raw_bind_parameter(at, value)?;
        }
    }
    statement.raw_execute()
}
