//! Timelines, the feed, exports: events themselves, page by page.

use outrigger_analytics_query::cursor;
use outrigger_plugin_api::sdk::analytics::query::{self, Export, Live, Tail, Timeline};
use rusqlite::{Connection, OptionalExtension, ToSql};

use super::{
    catalog::Catalog,
    failed::Failed,
    page::{COLUMNS, Page},
    people,
};
use crate::store::PROJECT;

pub(super) fn timeline(connection: &Connection, question: &Timeline) -> Result<query::Page, Failed> {
    let (ts, seq) = cursor::read_timeline(question.cursor.as_deref())?;
    let persons = people::ids_of(connection, &question.user_id)?.persons;
    // Over the index alone; the rows themselves are read one by one until the page is full.
    let sql = format!(
        "SELECT seq, ts FROM event WHERE project = ?1 AND person_id IN ({}) AND ts <= ?2 AND (ts, seq) < (?2, ?3)
         ORDER BY ts DESC, seq DESC",
        // Numbers of our own: a list of any length can't be a parameter.
        persons.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    );
    let mut page = Page::new(&question.filter, Catalog::read(connection)?, question.limit);
    let (mut places, mut one) = (connection.prepare(&sql)?, connection.prepare(&select("event.seq = ?"))?);
    let (mut rows, mut last) = (places.query((PROJECT, ts, seq))?, None);
    while let Some(row) = rows.next()? {
        if page.is_full() {
            return Ok(query::Page { events: page.events(), cursor: last });
        }
        let (seq, ts): (i64, i64) = (row.get(0)?, row.get(1)?);
        let mut found = one.query([seq])?;
        if let Some(row) = found.next()? {
            page.row(row)?;
        }
        last = Some(cursor::of_timeline(ts, seq));
    }
    Ok(query::Page { events: page.events(), cursor: None })
}

pub(super) fn export(connection: &Connection, question: &Export) -> Result<query::Page, Failed> {
    let after = cursor::read_all(question.cursor.as_deref())?;
    let page = Page::new(&question.filter, Catalog::read(connection)?, question.limit);
    let Gathered { page, last, more } = gather(connection, page, "event.seq > ? ORDER BY event.seq", [after])?;
    let cursor = last.filter(|_| more).map(cursor::of_all);
    Ok(query::Page { events: page.events(), cursor })
}

pub(super) fn live(connection: &Connection, question: &Live) -> Result<Tail, Failed> {
    let page = Page::new(&question.filter, Catalog::read(connection)?, question.limit);
    if question.cursor.is_some() {
        let after = cursor::read_all(question.cursor.as_deref())?;
        let Gathered { page, last, .. } = gather(connection, page, "event.seq > ? ORDER BY event.seq", [after])?;
        return Ok(Tail { events: page.events(), cursor: cursor::of_all(last.unwrap_or(after)) });
    }
    let newest: Option<i64> =
        connection.query_row("SELECT seq FROM event ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)).optional()?;
    let Gathered { page, .. } = gather(connection, page, "true ORDER BY event.seq DESC", [])?;
    let mut events = page.events();
    events.reverse();
    Ok(Tail { events, cursor: cursor::of_all(newest.unwrap_or(0)) })
}

/// What a statement gave until the page was full.
struct Gathered<'q> {
    page: Page<'q>,
    /// The number of the last row that was looked at.
    last: Option<i64>,
    /// Whether there are rows behind it.
    more: bool,
}

fn gather<'q, const N: usize>(
    connection: &Connection,
    mut page: Page<'q>,
    condition: &str,
    parameters: [i64; N],
) -> Result<Gathered<'q>, Failed> {
    let mut statement = connection.prepare(&select(condition))?;
    let parameters = parameters.each_ref().map(|parameter| parameter as &dyn ToSql);
    let (mut rows, mut last) = (statement.query(&parameters[..])?, None);
    while let Some(row) = rows.next()? {
        if page.is_full() {
            return Ok(Gathered { page, last, more: true });
        }
        page.row(row)?;
        last = Some(row.get(0)?);
    }
    Ok(Gathered { page, last, more: false })
}

fn select(condition: &str) -> String {
    // The cross join keeps the order of the events: each has one person, found by its number.
    format!("SELECT {COLUMNS} FROM event CROSS JOIN person ON person.id = event.person_id WHERE {condition}")
}
