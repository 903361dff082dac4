//! Numbers and words that replies are made of.

use std::time::Duration;

use super::form::Unit;
use crate::{clock, resp};

/// Longest string that Redis keeps within its object.
const EMBEDDED_BYTES_MAX: usize = 44;
/// What Redis 7 takes for an entry beside key and value, by its MEMORY USAGE: table entry, object and string headers.
const ENTRY_BYTES: usize = 48;

/// Returns the time left, seconds rounded to the nearest as Redis does.
pub(super) fn in_unit(unit: Unit, left: Duration) -> i64 {
    let millis = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
    match unit {
        Unit::Millis => millis,
        Unit::Seconds => millis.saturating_add(500) / 1_000,
    }
}

/// Returns when that time is over, as unix time.
pub(super) fn deadline(unit: Unit, left: Duration) -> i64 {
    let now = i64::try_from(clock::unix_ms()).unwrap_or(i64::MAX);
    let millis = now.saturating_add(in_unit(Unit::Millis, left));
    match unit {
        Unit::Millis => millis,
        Unit::Seconds => millis.saturating_add(500) / 1_000,
    }
}

/// Returns how Redis would hold a value that was written as a whole.
pub(super) fn encoding(value: &[u8]) -> &'static [u8] {
    match value {
        value if resp::integer(value).is_some() => b"int",
        value if value.len() <= EMBEDDED_BYTES_MAX => b"embstr",
        _ => b"raw",
    }
}

/// Returns about what an entry takes.
pub(super) const fn usage(key_bytes: usize, value_bytes: usize) -> usize {
    ENTRY_BYTES + key_bytes + value_bytes
}
