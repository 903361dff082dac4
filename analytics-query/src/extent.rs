//! The time a chart spans: the filter's, or where the events end.

use outrigger_plugin_api::sdk::analytics::query::Filter;

/// A filter's time, whose open ends the events close.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    from_ms: Option<u64>,
    to_ms: Option<u64>,
    /// The first and the last moment seen.
    found: Option<(u64, u64)>,
}

impl Extent {
    /// Begins.
    pub const fn of(filter: &Filter) -> Self {
        Self { from_ms: filter.from_ms, to_ms: filter.to_ms, found: None }
    }

    /// Tells whether an end is open, so that the events have to be looked at.
    pub const fn is_open(&self) -> bool {
        self.from_ms.is_none() || self.to_ms.is_none()
    }

    /// Takes the moment of an event.
    pub fn event(&mut self, ms: u64) {
        let (first, last) = self.found.unwrap_or((ms, ms));
        self.found = Some((first.min(ms), last.max(ms)));
    }

    /// Returns the first millisecond and the one behind the last; nothing where an end is open and there are no events.
    pub fn finish(self) -> Option<(u64, u64)> {
        match (self.from_ms, self.to_ms) {
            (Some(from), Some(to)) => Some((from, to)),
            (from, to) => {
                self.found.map(|(first, last)| (from.unwrap_or(first), to.unwrap_or_else(|| last.saturating_add(1))))
            }
        }
    }
}
