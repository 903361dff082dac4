//! The bounds of questions: what keeps every answer, and the memory to make it, within a few megabytes.

/// Most selectors of a filter: one bit each of a machine word, and more than a chart has lines.
pub const SELECTORS_MAX: usize = 32;
/// Most conditions of a filter or a selector: each is looked at for each event.
pub const CONDITIONS_MAX: usize = 16;
/// Most values of a `one_of`: the rows of a list a person would make.
pub const ONE_OF_MAX: usize = 100;
/// Most bytes of a name, an id, a text value or a cursor: four times what the strictest of the common vendors takes as
/// an id, so that nothing that was stored by any of them can't be asked for.
pub const TEXT_BYTES_MAX: usize = 1_024;
/// Most points of a chart: a year by the hour is 8,784.
pub const POINTS_MAX: usize = 10_000;
/// Most steps of a funnel: one bit each of a half word; people lose track long before.
pub const FUNNEL_STEPS_MAX: usize = 16;
/// Longest time from the first step of a funnel to its last: a leap year, in milliseconds.
pub const FUNNEL_WINDOW_MS_MAX: u64 = 366 * 24 * 60 * 60 * 1_000;
/// Most periods of a retention: one bit each of a machine word for each person; by the week more than a year.
pub const RETENTION_PERIODS_MAX: usize = 64;
/// Most entries of a list of names or values.
pub const ENTRIES_MAX: u32 = 1_000;
/// Entries of a list unless the question says: what fits on a screen.
pub const ENTRIES: u32 = 10;
/// Most different values a property may have to be broken down by: about 10 MiB of counts. One with more is an id, and
/// its largest ten say nothing.
pub const VALUES_MAX: usize = 100_000;
/// Most events of a page.
pub const PAGE_EVENTS_MAX: u32 = 10_000;
/// Events of a page of a timeline or a feed unless the question says.
pub const PAGE_EVENTS: u32 = 100;
/// Events of a page of an export unless the question says: about a quarter of a megabyte of ordinary ones.
pub const EXPORT_EVENTS: u32 = 1_000;
/// Bytes of properties and context after which a page ends early: one event alone may have a megabyte, and ten thousand
/// of those are no answer. The next page goes on from there.
pub const PAGE_BYTES_MAX: usize = 4 << 20;
/// Latest moment of a filter, 9999-12-30T21:59:59.999Z: then no zone has come to the year 10000, which RFC 3339 can't say.
pub const TIME_MS_MAX: u64 = 253_402_207_199_999;
