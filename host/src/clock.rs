//! The only place that reads the clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Returns unix milliseconds; 0 for a clock set before 1970.
pub fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the monotonic time, for measuring durations.
pub fn now() -> Instant {
    Instant::now()
}

/// Returns how long ago `start` was.
pub fn since(start: Instant) -> Duration {
    now().saturating_duration_since(start)
}

/// Returns unix milliseconds as RFC 3339 in UTC, to the second; years beyond 9999 as they are.
pub fn rfc3339(unix_ms: u64) -> String {
    let seconds = unix_ms / 1_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, so that the leap day ends its year; 146_097 days are 400 years.
    let day = days + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Returns the unix milliseconds of an RFC 3339 text; `None` where it is none, or before 1970.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let separators = [(4, '-'), (7, '-'), (13, ':'), (16, ':')];
    let placed = |(at, expected): &(usize, char)| text.get(*at..at + 1) == Some(expected.to_string().as_str());
    if !separators.iter().all(placed) || !matches!(text.get(10..11), Some("T" | "t" | " ")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60
    {
        return None;
    }
    let rest = text.get(19..)?;
    let fraction: String =
        rest.strip_prefix('.').unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
    let zone = if rest.starts_with('.') { rest.get(1 + fraction.len()..)? } else { rest };
    let millis = if fraction.is_empty() { 0 } else { format!("{fraction:0<3}").get(..3)?.parse::<u64>().ok()? };
    let days = days_before(year, month, day);
    let local = ((days * 24 + hour) * 60 + minute) * 60 + second;
    let utc = local.checked_add_signed(-zone_seconds(zone)?)?;
    Some(utc * 1_000 + millis)
}

/// Days from 1970-01-01 to the date, by the same calendar as [`rfc3339`].
const fn days_before(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = if month > 2 { month - 3 } else { month + 9 };
    let (era, in_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719_468
}

fn zone_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(sign * (hours * 60 + minutes) * 60)
}

#[cfg(test)]
mod tests;
