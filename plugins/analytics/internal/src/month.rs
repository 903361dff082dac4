//! Calendar months in UTC, by arithmetic alone.

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Returns the first millisecond of the month that holds `ts` (unix milliseconds).
///
/// By Howard Hinnant's `civil_from_days`: years begin in March there, so that leap days come last.
pub(crate) const fn start(ts: i64) -> i64 {
    let days = ts.div_euclid(DAY_MS);
    let from_march = days + 719_468;
    let of_era = from_march.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5;
    (days - of_month) * DAY_MS
}

#[cfg(test)]
mod tests;
