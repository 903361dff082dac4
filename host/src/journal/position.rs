//! Numbers of records.

use std::fmt;

/// The number of a record in one journal: the first is 1, later ones are larger, numbers may be skipped.
///
/// A number is never given to a second record as long as the disk keeps what it synced. Under
/// [`Durability::Interval`](super::Durability::Interval) and [`Durability::None`](super::Durability::None) a power cut
/// can take the newest records with their numbers: whoever keeps a position beside the journal must then clamp it to
/// [`Journal::end`](super::Journal::end) when the journal is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// The number of the first record of a new journal.
    pub const FIRST: Self = Self(1);

    /// Returns the number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
