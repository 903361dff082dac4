//! Tests of the calendar.
use super::{parse_rfc3339, rfc3339};

#[test]
fn days_fall_on_their_dates() {
    // Expected values by `date -u -d @N`.
    for (seconds, expected) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_095_379_199, "2004-09-16T23:59:59Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(rfc3339(seconds * 1_000), expected);
        assert_eq!(parse_rfc3339(expected), Some(seconds * 1_000));
    }
}

#[test]
fn zones_and_fractions_are_read() {
    let base = parse_rfc3339("2026-11-23T10:00:00Z");
    assert!(base.is_some());
    assert_eq!(parse_rfc3339("2026-11-23T11:30:00+01:30"), base);
    assert_eq!(parse_rfc3339("2026-11-23T05:00:00-05:00"), base);
    assert_eq!(parse_rfc3339("2026-11-23T10:00:00.25Z"), base.map(|ms| ms + 250));
    assert_eq!(parse_rfc3339("2026-11-23T10:00:00.123456789+00:00"), base.map(|ms| ms + 123));
    for wrong in [
        "",
        "today",
        "2026-11-23",
        "2026-13-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-23T10:00:00",
        "2026-11-23T10:00:00+1",
    ] {
        assert_eq!(parse_rfc3339(wrong), None, "{wrong}");
    }
}
