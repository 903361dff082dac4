//! Divides time into hours, days, weeks or months, as the calendar of a zone has them.

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil::Date, fmt::temporal::DateTimeParser, tz::TimeZone};
use outrigger_plugin_api::sdk::analytics::query::{Fault, Interval};

/// Intervals one after the other, without gap.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// First milliseconds, ascending.
    starts: Vec<u64>,
    zone: TimeZone,
}

impl Buckets {
    /// Returns the intervals that the time from `from_ms` up to but without `to_ms` touches, at most `max`; `pointer` is
    /// the member that chose the length.
    ///
    /// # Errors
    /// `/zone` where nobody knows the zone, `pointer` where there were more.
    pub fn new(
        zone: Option<&str>,
        (interval, pointer): (Interval, &str),
        (from_ms, to_ms): (u64, u64),
        max: usize,
    ) -> Result<Self, Fault> {
        let zone = parse_zone(zone)?;
        let mut starts = Vec::new();
        let mut next = Some(floor(interval, &zoned(from_ms, &zone)?));
        while let Some(start) = next.filter(|start| millisecond(start) < to_ms) {
            if starts.len() == max {
                let detail = format!(
                    "has more than {max} intervals between from_ms and to_ms; ask for longer ones or less time"
                );
                return Err(Fault { pointer: pointer.to_owned(), detail });
            }
            starts.push(millisecond(&start));
            next = after(interval, &start);
        }
        Ok(Self { starts, zone })
    }

    /// Returns no intervals: for the time of no events.
    ///
    /// # Errors
    /// `/zone` where nobody knows the zone.
    pub fn none(zone: Option<&str>) -> Result<Self, Fault> {
        Ok(Self { starts: Vec::new(), zone: parse_zone(zone)? })
    }

    /// Returns the first milliseconds of all, ascending.
    pub fn starts(&self) -> &[u64] {
        &self.starts
    }

    /// Returns which interval a moment is in; nothing before the first. What is after the last counts as in it.
    pub fn find(&self, ms: u64) -> Option<usize> {
        self.starts.partition_point(|start| *start <= ms).checked_sub(1)
    }

    /// Returns an interval's first moment in the zone's time (RFC 3339).
    pub fn label(&self, start_ms: u64) -> String {
        match zoned(start_ms, &self.zone) {
            Ok(start) => start.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            // Not reached: every start came from such a moment.
            Err(_) => start_ms.to_string(),
        }
    }
}

fn parse_zone(name: Option<&str>) -> Result<TimeZone, Fault> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    let Some(name) = name else { return Ok(TimeZone::UTC) };
    // RFC 3339 has no offset of a day or more, though the parser reads them.
    let sayable = |zone: &TimeZone| zone.to_fixed_offset().map_or(true, |offset| offset.seconds().abs() < 24 * 60 * 60);
    let refused = || {
        let detail =
            format!("`{name}` is no time zone; write an IANA name such as Europe/Berlin, or an offset such as +02:00");
        Fault { pointer: "/zone".to_owned(), detail }
    };
    PARSER.parse_time_zone(name).ok().filter(sayable).ok_or_else(refused)
}

fn zoned(ms: u64, zone: &TimeZone) -> Result<Zoned, Fault> {
    let moment = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let detail = || "is after the year 9999; say from_ms and to_ms to leave such events out".to_owned();
    moment
        .map(|moment| moment.to_zoned(zone.clone()))
        .ok_or_else(|| Fault { pointer: "/filter".to_owned(), detail: detail() })
}

/// Unix milliseconds; what began before 1970 began then.
fn millisecond(moment: &Zoned) -> u64 {
    u64::try_from(moment.timestamp().as_millisecond()).unwrap_or(0)
}

/// Returns when the interval that holds the moment began.
fn floor(interval: Interval, moment: &Zoned) -> Zoned {
    let (zone, date) = (moment.time_zone(), moment.date());
    let monday = || date.checked_sub(date.weekday().to_monday_zero_offset().days()).unwrap_or(date);
    match interval {
        Interval::Hour => {
            let into = SignedDuration::from_secs(i64::from(moment.minute()) * 60 + i64::from(moment.second()));
            moment.checked_sub(into + SignedDuration::from_nanos(i64::from(moment.subsec_nanosecond())))
        }
        Interval::Day => begin(date, zone),
        Interval::Week => begin(monday(), zone),
        Interval::Month => begin(date.first_of_month(), zone),
    }
    .unwrap_or_else(|_| moment.clone())
}

/// Returns when the next interval begins; nothing at the end of time.
fn after(interval: Interval, start: &Zoned) -> Option<Zoned> {
    let (zone, date) = (start.time_zone(), start.date());
    let next = match interval {
        Interval::Hour => return start.checked_add(SignedDuration::from_hours(1)).ok(),
        Interval::Day => date.tomorrow(),
        Interval::Week => date.checked_add(1.week()),
        Interval::Month => date.checked_add(1.month()),
    };
    begin(next.ok()?, zone).ok()
}

/// Midnight, or what comes first after it where the clocks skip it.
fn begin(date: Date, zone: &TimeZone) -> Result<Zoned, jiff::Error> {
    date.to_zoned(zone.clone())
}

#[cfg(test)]
mod tests;
