//! The bucket over an hour of time that nobody waits for.

use super::*;

#[test]
fn no_bound_allows_all() {
    let mut rate = Rate::new(None, Instant::now());
    assert_eq!((rate.allowed(Instant::now()), rate.wait()), (usize::MAX, Duration::ZERO));
}

#[test]
fn an_hour_at_full_speed_keeps_the_rate() {
    let start = Instant::now();
    let (mut rate, mut now, mut sent) = (Rate::new(Some(50), start), start, 0);
    while now < start + Duration::from_secs(3_600) {
        let records = rate.allowed(now).min(20);
        rate.take(records);
        sent += records;
        now += if records == 0 { rate.wait() + Duration::from_micros(1) } else { Duration::from_micros(10) };
    }
    // One second's worth was in the bucket at first.
    assert!((50 * 3_600..=50 * 3_601).contains(&sent), "{sent}");
}

#[test]
fn a_batch_that_went_whole_is_paid_back() {
    let start = Instant::now();
    let mut rate = Rate::new(Some(10), start);
    rate.take(30);
    assert_eq!(rate.allowed(start), 0);
    assert!(rate.wait() > Duration::from_secs(2), "{:?}", rate.wait());
    assert!(rate.allowed(start + rate.wait() + Duration::from_millis(1)) >= 1);
}
