//! Calendar months in UTC, by arithmetic alone.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A month, counted from January of the year 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month(u32);

const DAY_SECONDS: u64 = 24 * 60 * 60;

impl Month {
    /// Returns the month that holds a moment after 1970.
    ///
    /// By Howard Hinnant's `civil_from_days`: years begin in March there, so that leap days come last.
    pub(crate) fn of(moment: SystemTime) -> Self {
        let seconds = moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let from_march = seconds / DAY_SECONDS + 719_468;
        let (era, of_era) = (from_march / 146_097, from_march % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        // March of the year 0 is month 2.
        Self(u32::try_from((era * 400 + year_of_era) * 12 + month_from_march + 2).unwrap_or(u32::MAX))
    }

    /// Returns the month that began `ago` before `moment`; the first of 1970 at the earliest.
    pub(crate) fn before(moment: SystemTime, ago: Duration) -> Self {
        Self::of(moment.checked_sub(ago).unwrap_or(UNIX_EPOCH))
    }

    /// Returns the month so many later.
    pub(crate) const fn plus(self, months: u32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Returns the month so many earlier.
    pub(crate) const fn minus(self, months: u32) -> Self {
        Self(self.0.saturating_sub(months))
    }

    /// Reads what [`Self::suffix`] wrote.
    pub(crate) fn of_suffix(suffix: &str) -> Option<Self> {
        let (year, month) = suffix.split_once('_')?;
        let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
        let month = Self(year.checked_mul(12)?.checked_add(month.checked_sub(1)?)?);
        // Read back, so that each month has one name.
        (month.suffix() == suffix).then_some(month)
    }

    /// Returns the month as it ends a table's name: `2026_11`.
    pub(crate) fn suffix(self) -> String {
        format!("{:04}_{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

/// The first moment, as PostgreSQL reads it.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-01 00:00:00+00", self.0 / 12, self.0 % 12 + 1)
    }
}

#[cfg(test)]
mod tests;
