//! Durations written as a whole number and a unit: `"250ms"`, `"30s"`, `"5m"`, `"1h"`, `"7d"`.

use std::fmt;
use std::time::Duration;

use super::{UnitError, split, written_as_text};

/// The units, largest first, with their length in nanoseconds. Months and years have no fixed length.
const UNITS: &[(&str, u64)] = &[
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// The names that error messages list.
const NAMES: &[&str] = &["ns", "us", "ms", "s", "m", "h", "d"];

/// A duration that is written and read with its unit.
///
/// ```
/// use outrigger_plugin_api::units::HumanDuration;
/// # fn main() -> Result<(), outrigger_plugin_api::units::UnitError> {
/// let timeout: HumanDuration = "250ms".parse()?;
/// assert_eq!(timeout.0.as_millis(), 250);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct HumanDuration(pub Duration);

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_duration(self.0))
    }
}

written_as_text!(HumanDuration, parse_duration, "Duration", "duration", "a duration with its unit such as \"250ms\"");

/// Reads a duration with its unit. At most `u64::MAX` nanoseconds, about 584 years.
///
/// # Errors
///
/// Whatever is no whole number followed by one of the units; trying again never helps.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let (number, unit) = split(text, "s")?;
    let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(UnitError::UnitUnknown { unit: unit.to_owned(), nearest: nearest(unit), units: NAMES });
    };
    number.checked_mul(*length).map(Duration::from_nanos).ok_or(UnitError::TooLarge)
}

/// Returns the unit that other notations call `unit`.
fn nearest(unit: &str) -> Option<&'static str> {
    match unit.to_ascii_lowercase().as_str() {
        "day" | "days" | "d" => Some("d"),
        "hour" | "hours" | "hr" | "hrs" | "h" => Some("h"),
        "minute" | "minutes" | "min" | "mins" => Some("m"),
        "second" | "seconds" | "sec" | "secs" | "s" => Some("s"),
        "millisecond" | "milliseconds" | "millis" | "msec" | "ms" => Some("ms"),
        "microsecond" | "microseconds" | "micros" | "µs" | "μs" | "us" => Some("us"),
        "nanosecond" | "nanoseconds" | "nanos" | "ns" => Some("ns"),
        _ => None,
    }
}

/// Writes a duration in the largest unit that holds it exactly, so that it reads back as itself.
///
/// Durations beyond 584 years are written as that bound, which no setting accepts anyway.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    if nanos == 0 {
        return "0s".to_owned();
    }
    let (unit, length) = UNITS.iter().find(|(_, length)| nanos.is_multiple_of(*length)).unwrap_or(&("ns", 1));
    format!("{}{unit}", nanos / length)
}
