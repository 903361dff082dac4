//! Moments written as RFC 3339 in UTC, by arithmetic alone.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

/// Unix milliseconds that display, and serialize, as RFC 3339 in UTC.
///
/// ```
/// # use outrigger_plugin_api::sdk::Moment;
/// assert_eq!(Moment(1_795_392_000_123).to_string(), "2026-11-23T00:00:00.123Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

/// The last millisecond with a year of four digits: 9999-12-31T23:59:59.999Z. Later ones show as this.
const LAST: u64 = 253_402_300_799_999;

impl Moment {
    /// Returns the present; 1970 where the clock stands before it.
    pub fn now() -> Self {
        let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.min(LAST);
        let (year, month, day) = date(ms / 86_400_000);
        let (hour, minute) = (ms / 3_600_000 % 24, ms / 60_000 % 60);
        let (second, milli) = (ms / 1_000 % 60, ms % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// Returns year, month and day of a day since 1970.
///
/// By Howard Hinnant's `civil_from_days`: years begin in March there, so that leap days come last.
const fn date(days: u64) -> (u64, u64, u64) {
    let from_march = days + 719_468;
    let (era, of_era) = (from_march / 146_097, from_march % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + (month <= 2) as u64, month, day)
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
