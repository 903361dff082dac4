//! Where rests lead to at a steady rate.

use super::*;

/// Returns the rest that a lane with batches of 500 comes to where so many records come in a second.
fn settled(rate: u32) -> Duration {
    let mut rest = Duration::from_millis(1);
    for _ in 0..100 {
        // A read takes a while, too.
        let since = rest + Duration::from_micros(100);
        let records = (since.as_secs_f64() * f64::from(rate)).round() as u32;
        rest = after(records, since, 500);
    }
    rest
}

#[test]
fn a_lone_record_and_none_are_followed_by_hardly_any_rest() {
    assert_eq!(after(0, Duration::from_secs(60), 500), Duration::ZERO);
    assert_eq!(after(1, Duration::from_secs(60), 500), Duration::from_micros(500));
    assert!(settled(1_000) <= Duration::from_micros(500));
}

#[test]
fn of_many_records_a_batch_gathers_and_no_more() {
    assert_eq!(settled(5_000), REST_MAX);
    assert_eq!(settled(20_000), REST_MAX);
    let fast = settled(100_000);
    assert!((Duration::from_millis(4)..Duration::from_millis(6)).contains(&fast), "{fast:?}");
}

#[test]
fn absurd_numbers_make_no_absurd_rest() {
    assert_eq!(after(u32::MAX, Duration::MAX, usize::MAX), REST_MAX);
    assert_eq!(after(u32::MAX, Duration::ZERO, 1), Duration::ZERO);
}
