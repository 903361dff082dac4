//! Gathers events until a page is full.

use outrigger_plugin_api::sdk::analytics::query::{EventType, Filter, PAGE_BYTES_MAX, StoredEvent};

/// Most rows that are looked at for one page: with a filter that takes few events a page ends here, short or empty, and the
/// next goes on. A fifth of a second or so, which leaves others their turn.
const ROWS_MAX: u32 = 200_000;

/// A page in the making.
#[derive(Debug)]
pub struct Page<'q> {
    filter: &'q Filter,
    limit: usize,
    bytes: usize,
    rows: u32,
    /// What it has.
    pub events: Vec<StoredEvent>,
}

impl<'q> Page<'q> {
    /// Begins.
    pub fn new(filter: &'q Filter, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { filter, limit, bytes: 0, rows: 0, events: Vec::new() }
    }

    /// Tells whether the page ends before the next row.
    pub const fn is_full(&self) -> bool {
        self.events.len() >= self.limit || self.bytes >= PAGE_BYTES_MAX || self.rows >= ROWS_MAX
    }

    /// Looks at a row; tells whether its time and name are asked for, so that the rest of it is worth reading. A row whose
    /// type nobody knows never is.
    pub fn wants(&mut self, event: Option<(EventType, &str)>, ms: u64) -> bool {
        self.rows += 1;
        let named = |(sort, name)| {
            self.filter.events.is_empty() || self.filter.events.iter().any(|selector| selector.names(sort, name))
        };
        self.filter.has_time(ms) && event.is_some_and(named)
    }

    /// Takes an event that is wanted, if its properties are as the filter says. `bytes`: of properties and context.
    pub fn put(&mut self, event: StoredEvent, bytes: usize) {
        if self.filter.takes(event.sort, &event.name, &event.properties) {
            self.bytes += bytes + size_of::<StoredEvent>();
            self.events.push(event);
        }
    }
}
