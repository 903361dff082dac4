//! Reads the rows of a page.

use outrigger_analytics_query as algorithm;
use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{Filter, StoredEvent},
};
use rusqlite::Row;
use uuid::Uuid;

use super::{catalog::Catalog, failed::Failed};

/// The columns that [`Page::row`] reads, of `event` joined with `person`.
pub(super) const COLUMNS: &str = "event.seq, event.name_id, event.ts, event.received_at, event.id, person.uid,
    event.anonymous_id, event.session, event.grp, event.props, event.ctx";

/// A page in the making.
pub(super) struct Page<'q> {
    page: algorithm::Page<'q>,
    catalog: Catalog,
}

impl<'q> Page<'q> {
    pub(super) fn new(filter: &'q Filter, catalog: Catalog, limit: u32) -> Self {
        Self { page: algorithm::Page::new(filter, limit), catalog }
    }

    /// Tells whether the page ends before the next row.
    pub(super) const fn is_full(&self) -> bool {
        self.page.is_full()
    }

    /// Returns what it has.
    pub(super) fn events(self) -> Vec<StoredEvent> {
        self.page.events
    }

    /// Looks at a row with [`COLUMNS`], and takes its event where the filter does.
    pub(super) fn row(&mut self, row: &Row<'_>) -> Result<(), Failed> {
        let event = self.catalog.get(row.get(1)?);
        let timestamp_ms = row.get::<_, i64>(2)?.unsigned_abs();
        let wanted = self.page.wants(event, timestamp_ms);
        let Some((sort, name)) = event.filter(|_| wanted) else { return Ok(()) };
        let (properties, context): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
        let bytes = [&properties, &context].into_iter().flatten().map(String::len).sum::<usize>();
        let event = StoredEvent {
            id: Uuid::from_bytes(row.get(4)?),
            sort,
            name: name.to_owned(),
            user_id: row.get(5)?,
            anonymous_id: row.get(6)?,
            session_id: row.get(7)?,
            group_id: row.get(8)?,
            timestamp_ms,
            received_at_ms: row.get::<_, i64>(3)?.unsigned_abs(),
            properties: object(properties),
            context: object(context),
        };
        self.page.put(event, bytes);
        Ok(())
    }
}

fn object(text: Option<String>) -> Object {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
