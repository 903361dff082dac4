//! Gathers events until a page is full.

use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{EventType, Filter, PAGE_BYTES_MAX, StoredEvent},
};
use rusqlite::Row;
use uuid::Uuid;

use super::{catalog::Catalog, failed::Failed};

/// Most rows that are looked at for one page: with a filter that takes few events a page ends here, short or empty, and the
/// next goes on. A fifth of a second or so, which leaves others their turn.
const ROWS_MAX: u32 = 200_000;

/// The columns that [`Page::row`] reads, of `event` joined with `person`.
pub(super) const COLUMNS: &str = "event.seq, event.name_id, event.ts, event.received_at, event.id, person.uid,
    event.anonymous_id, event.session, event.grp, event.props, event.ctx";

/// A page in the making.
pub(super) struct Page<'q> {
    filter: &'q Filter,
    catalog: Catalog,
    limit: usize,
    bytes: usize,
    rows: u32,
    /// What it has.
    pub(super) events: Vec<StoredEvent>,
}

impl<'q> Page<'q> {
    pub(super) fn new(filter: &'q Filter, catalog: Catalog, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { filter, catalog, limit, bytes: 0, rows: 0, events: Vec::new() }
    }

    /// Tells whether the page ends before the next row.
    pub(super) const fn is_full(&self) -> bool {
        self.events.len() >= self.limit || self.bytes >= PAGE_BYTES_MAX || self.rows >= ROWS_MAX
    }

    /// Looks at a row with [`COLUMNS`], and takes its event where the filter does.
    pub(super) fn row(&mut self, row: &Row<'_>) -> Result<(), Failed> {
        self.rows += 1;
        let name_id: i64 = row.get(1)?;
        let timestamp_ms = row.get::<_, i64>(2)?.unsigned_abs();
        let Some((sort, name)) = self.catalog.get(name_id) else { return Ok(()) };
        if !self.filter.has_time(timestamp_ms) || !named(self.filter, sort, name) {
            return Ok(());
        }
        let (properties, context): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
        let bytes = [&properties, &context].into_iter().flatten().map(String::len).sum::<usize>();
        let properties = object(properties);
        if !self.filter.takes(sort, name, &properties) {
            return Ok(());
        }
        self.bytes += bytes + size_of::<StoredEvent>();
        self.events.push(StoredEvent {
            id: Uuid::from_bytes(row.get(4)?),
            sort,
            name: name.to_owned(),
            user_id: row.get(5)?,
            anonymous_id: row.get(6)?,
            session_id: row.get(7)?,
            group_id: row.get(8)?,
            timestamp_ms,
            received_at_ms: row.get::<_, i64>(3)?.unsigned_abs(),
            properties,
            context: object(context),
        });
        Ok(())
    }
}

/// Tells whether the filter names the event, before its properties are read.
fn named(filter: &Filter, sort: EventType, name: &str) -> bool {
    filter.events.is_empty() || filter.events.iter().any(|selector| selector.names(sort, name))
}

fn object(text: Option<String>) -> Object {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
