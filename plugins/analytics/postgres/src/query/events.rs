//! Timelines, the feed, exports: events themselves, page by page.

use std::ops::ControlFlow;

use outrigger_analytics_query::{Page, cursor};
use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{self, Export, Live, StoredEvent, Tail, Timeline},
};
use tokio_postgres::Row;

use super::{
    failed::Failed,
    people,
    reading::Reading,
    scan::sort_of,
    select::{Select, milliseconds, moment},
};

/// Rows read at once: events come whole, and one may have a megabyte.
const PORTION: i32 = 250;

const SELECT: &str = "SELECT event.seq, event.ts, event.type, event.name, event.id, event.uid, event.anonymous_id,
    event.session, event.grp, event.received_at, event.props::text, event.ctx::text FROM $schema.event WHERE ";

pub(super) async fn timeline(reading: &Reading<'_>, question: &Timeline) -> Result<query::Page, Failed> {
    let (ts, seq) = cursor::read_timeline(question.cursor.as_deref())?;
    let mut who = Select::new(people::IDS_OF);
    who.parameter(question.user_id.clone());
    let mut ids = Vec::new();
    let _ = reading
        .rows(&who, PORTION, |row| {
            ids.push((row.try_get(0)?, row.try_get(1)?));
            Ok(ControlFlow::Continue(()))
        })
        .await?;
    let mut select = Select::new(SELECT);
    select.push("event.uid = ANY(");
    select.value(people::known(ids));
    select.push(")");
    if question.cursor.is_some() {
        // The first says to the server which months can be left out.
        let last = moment(ts.unsigned_abs());
        select.push(" AND event.ts <= ");
        select.value(last);
        select.push(" AND (event.ts, event.seq) < (");
        select.value(last);
        select.push(", ");
        select.value(seq);
        select.push(")");
    }
    select.time(&question.filter);
    select.push(" ORDER BY event.ts DESC, event.seq DESC");
    let Gathered { page, last, more } = gather(reading, Page::new(&question.filter, question.limit), &select).await?;
    let cursor = last.filter(|_| more).map(|(seq, ms)| cursor::of_timeline(i64::try_from(ms).unwrap_or(i64::MAX), seq));
    Ok(query::Page { events: page.events, cursor })
}

pub(super) async fn export(reading: &Reading<'_>, question: &Export) -> Result<query::Page, Failed> {
    let after = cursor::read_all(question.cursor.as_deref())?;
    reading.by_index().await?;
    let mut select = since(after);
    select.time(&question.filter);
    select.push(" ORDER BY event.seq");
    let Gathered { page, last, more } = gather(reading, Page::new(&question.filter, question.limit), &select).await?;
    let cursor = last.filter(|_| more).map(|(seq, _)| cursor::of_all(seq));
    Ok(query::Page { events: page.events, cursor })
}

pub(super) async fn live(reading: &Reading<'_>, question: &Live) -> Result<Tail, Failed> {
    let page = Page::new(&question.filter, question.limit);
    reading.by_index().await?;
    if question.cursor.is_some() {
        let after = cursor::read_all(question.cursor.as_deref())?;
        // Not by the filter's time: the cursor is to pass what the filter leaves out.
        let mut select = since(after);
        select.push(" ORDER BY event.seq");
        let Gathered { page, last, .. } = gather(reading, page, &select).await?;
        let last = last.map_or(after, |(seq, _)| seq);
        return Ok(Tail { events: page.events, cursor: cursor::of_all(last) });
    }
    let mut newest = 0;
    let select = Select::new("SELECT event.seq FROM $schema.event ORDER BY event.seq DESC LIMIT 1");
    let _ = reading
        .rows(&select, 1, |row| {
            newest = row.try_get(0)?;
            Ok(ControlFlow::Break(()))
        })
        .await?;
    let mut select = Select::new(SELECT);
    select.push("true");
    select.time(&question.filter);
    select.push(" ORDER BY event.seq DESC");
    let Gathered { mut page, .. } = gather(reading, page, &select).await?;
    page.events.reverse();
    Ok(Tail { events: page.events, cursor: cursor::of_all(newest) })
}

/// Events stored after this one.
fn since(seq: i64) -> Select {
    let mut select = Select::new(SELECT);
    select.push("event.seq > ");
    select.value(seq);
    select
}

/// What a statement gave until the page was full.
struct Gathered<'q> {
    page: Page<'q>,
    /// Number and moment of the last row that was looked at.
    last: Option<(i64, u64)>,
    /// Whether there are rows behind it.
    more: bool,
}

async fn gather<'q>(reading: &Reading<'_>, mut page: Page<'q>, select: &Select) -> Result<Gathered<'q>, Failed> {
    let mut last = None;
    let ended = reading
        .rows(select, PORTION, |row| {
            if page.is_full() {
                return Ok(ControlFlow::Break(()));
            }
            take(&mut page, row)?;
            last = Some((row.try_get(0)?, milliseconds(row.try_get(1)?)));
            Ok(ControlFlow::Continue(()))
        })
        .await?;
    Ok(Gathered { page, last, more: ended.is_break() })
}

fn take(page: &mut Page<'_>, row: &Row) -> Result<(), Failed> {
    let (timestamp_ms, name): (u64, &str) = (milliseconds(row.try_get(1)?), row.try_get(3)?);
    let sort = sort_of(row.try_get(2)?);
    let wanted = page.wants(sort.map(|sort| (sort, name)), timestamp_ms);
    let Some(sort) = sort.filter(|_| wanted) else { return Ok(()) };
    let (properties, context): (Option<&str>, Option<&str>) = (row.try_get(10)?, row.try_get(11)?);
    let bytes = [properties, context].into_iter().flatten().map(str::len).sum();
    let event = StoredEvent {
        id: row.try_get(4)?,
        sort,
        name: name.to_owned(),
        user_id: row.try_get(5)?,
        anonymous_id: row.try_get(6)?,
        session_id: row.try_get(7)?,
        group_id: row.try_get(8)?,
        timestamp_ms,
        received_at_ms: milliseconds(row.try_get(9)?),
        properties: object(properties),
        context: object(context),
    };
    page.put(event, bytes);
    Ok(())
}

fn object(text: Option<&str>) -> Object {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
