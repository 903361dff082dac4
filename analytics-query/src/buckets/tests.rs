//! Intervals over changes of the clocks, leap days and odd zones.

use proptest::prelude::*;

use super::*;

const INTERVALS: [Interval; 4] = [Interval::Hour, Interval::Day, Interval::Week, Interval::Month];

fn ms(text: &str) -> u64 {
    u64::try_from(text.parse::<Timestamp>().unwrap().as_millisecond()).unwrap()
}

fn buckets(zone: &str, interval: Interval, from: &str, to: &str) -> Buckets {
    Buckets::new(Some(zone), (interval, "/interval"), (ms(from), ms(to)), 10_000).unwrap()
}

fn labels(zone: &str, interval: Interval, from: &str, to: &str) -> Vec<String> {
    let buckets = buckets(zone, interval, from, to);
    buckets.starts().iter().map(|start| buckets.label(*start)).collect()
}

#[test]
fn days_and_weeks_and_months_follow_the_zones_calendar() {
    let check = |zone, interval, from, to, expected: &[&str]| {
        assert_eq!(labels(zone, interval, from, to), expected, "{zone} {interval:?}");
    };
    let (from, to) = ("2026-10-24T22:00:00Z", "2026-10-26T23:00:00.001Z");
    let days = ["2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "2026-10-27T00:00:00+01:00"];
    check("Europe/Berlin", Interval::Day, from, to, &days);
    check(
        "UTC",
        Interval::Day,
        "2024-02-28T01:00:00Z",
        "2024-03-01T00:00:00Z",
        &["2024-02-28T00:00:00+00:00", "2024-02-29T00:00:00+00:00"],
    );
    // The 1st of November 2026 is a Sunday: its week began in October.
    let weeks = ["2026-10-26T00:00:00-04:00", "2026-11-02T00:00:00-05:00"];
    check("America/New_York", Interval::Week, "2026-11-01T12:00:00Z", "2026-11-03T00:00:00Z", &weeks);
    let months = ["2025-12-01T00:00:00+05:30", "2026-01-01T00:00:00+05:30"];
    check("+05:30", Interval::Month, "2025-12-31T18:29:59.999Z", "2025-12-31T18:30:00.001Z", &months);
    // In Beirut the clocks went from 23:59:59 to 01:00:00: that day began at one.
    let days = ["2022-03-26T00:00:00+02:00", "2022-03-27T01:00:00+03:00"];
    check("Asia/Beirut", Interval::Day, "2022-03-26T00:00:00Z", "2022-03-27T00:00:00Z", &days);
    let hours = ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"];
    check("Europe/Berlin", Interval::Hour, "2026-10-25T00:59:59Z", "2026-10-25T02:00:01Z", &hours);
    let hours = ["2026-10-25T02:00:00+05:45"];
    check("Asia/Kathmandu", Interval::Hour, "2026-10-24T20:20:00.5Z", "2026-10-24T21:15:00Z", &hours);
}

#[test]
fn what_makes_no_sense_names_its_member() {
    let fault = |zone, to| Buckets::new(zone, (Interval::Hour, "/interval"), (0, to), 24).unwrap_err();
    assert_eq!(fault(Some("Mars/Olympus_Mons"), 1).pointer, "/zone");
    assert_eq!(fault(Some("+25:00"), 1).pointer, "/zone");
    assert!(fault(Some(""), 1).to_string().contains("`` is no time zone; write an IANA name"));
    let hour = 60 * 60 * 1_000;
    assert_eq!(Buckets::new(None, (Interval::Hour, "/interval"), (0, 24 * hour), 24).unwrap().starts().len(), 24);
    let many = fault(None, 24 * hour + 1);
    assert_eq!((many.pointer.as_str(), many.detail.starts_with("has more than 24 intervals")), ("/interval", true));
    let late = Buckets::new(None, (Interval::Day, "/interval"), (u64::MAX - 1, u64::MAX), 24).unwrap_err();
    assert_eq!(late.pointer, "/filter");
}

proptest! {
    #[test]
    fn every_moment_is_in_the_interval_that_begins_last_before_it(
        from in 0_u64..4_000_000_000_000,
        length in 1_u64..5_000_000_000,
        at in 0.0..1.0_f64,
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "-11:00"]),
        interval in prop::sample::select(INTERVALS.to_vec()),
    ) {
        let to = from + length;
        let buckets = Buckets::new(Some(zone), (interval, "/interval"), (from, to), 10_000).unwrap();
        let starts = buckets.starts();
        prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(starts[0] <= from && *starts.last().unwrap() < to);
        let moment = from + (length as f64 * at) as u64;
        let found = buckets.find(moment).unwrap();
        let expected = starts.iter().filter(|start| **start <= moment).count() - 1;
        prop_assert_eq!(found, expected);
        // Each start but the first is where the calendar has one: an interval that begins there, begins there.
        for start in &starts[1..] {
            let again = Buckets::new(Some(zone), (interval, "/interval"), (*start, *start + 1), 1).unwrap();
            prop_assert!(interval == Interval::Hour || again.starts() == [*start]);
        }
    }
}
