//! Tests of the pace.

use std::time::{Duration, Instant};

use super::Pace;

#[test]
fn one_turn_a_window() {
    let (pace, start) = (Pace::new(Duration::from_secs(60)), Instant::now());
    let at = |seconds| start + Duration::from_secs(seconds);
    assert_eq!(pace.take(at(0)), Ok(()));
    assert_eq!(pace.take(at(0)), Err(Duration::from_secs(60)));
    assert_eq!(pace.take(at(45)), Err(Duration::from_secs(15)));
    assert_eq!(pace.take(at(60)), Ok(()));
    assert_eq!(pace.take(at(61)), Err(Duration::from_secs(59)));
    pace.give_back();
    assert_eq!(pace.take(at(61)), Ok(()));
}

#[test]
fn no_window_is_no_wait() {
    let (pace, now) = (Pace::new(Duration::ZERO), Instant::now());
    assert_eq!((pace.take(now), pace.take(now)), (Ok(()), Ok(())));
}
