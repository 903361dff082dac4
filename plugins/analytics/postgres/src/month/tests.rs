//! Months at their edges.

use super::*;

fn at(seconds: u64) -> Month {
    Month::of(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[test]
fn a_month_ends_where_the_next_begins() {
    for (seconds, expected) in [
        (0, "1970-01-01 00:00:00+00"),
        (951_782_399, "2000-02-01 00:00:00+00"), // 28 February, 23:59:59
        (951_868_799, "2000-02-01 00:00:00+00"), // the 29th
        (951_868_800, "2000-03-01 00:00:00+00"),
        (1_798_761_599, "2026-12-01 00:00:00+00"),
        (1_798_761_600, "2027-01-01 00:00:00+00"),
        (253_402_300_799, "9999-12-01 00:00:00+00"),
    ] {
        assert_eq!(at(seconds).to_string(), expected, "{seconds}");
    }
}

#[test]
fn a_name_is_read_back() {
    let december = at(1_798_761_599);
    assert_eq!(december.suffix(), "2026_12");
    assert_eq!(december.plus(1).suffix(), "2027_01");
    assert_eq!(december.minus(12).suffix(), "2025_12");
    assert_eq!(Month::of_suffix("2026_12"), Some(december));
    for no_month in ["", "2026", "2026_13", "2026_0", "2026_1", "26_01", "other", "2026_12_1", "99999999999_01"] {
        assert_eq!(Month::of_suffix(no_month), None, "{no_month}");
    }
}

#[test]
fn time_before_1970_is_its_first_month() {
    assert_eq!(Month::before(UNIX_EPOCH, Duration::from_secs(1)), at(0));
    assert_eq!(
        Month::before(UNIX_EPOCH + Duration::from_secs(951_868_800), Duration::from_secs(1)).suffix(),
        "2000_02"
    );
}
