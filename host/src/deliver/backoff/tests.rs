//! The waits between tries.

use super::*;

const MIN: Duration = Duration::from_millis(200);
const MAX: Duration = Duration::from_secs(60);

#[test]
fn the_ceiling_doubles_up_to_its_bound() {
    for (tries, expected_ms) in [(0, 200), (1, 200), (2, 400), (5, 3_200), (9, 51_200), (10, 60_000), (4_000, 60_000)] {
        assert_eq!(ceiling(tries, MIN, MAX), Duration::from_millis(expected_ms), "{tries} tries");
    }
}

#[test]
fn a_wait_is_within_the_ceiling_and_never_shorter_than_asked() {
    assert_eq!(wait(3, MIN, MAX, None, 0.0), Duration::ZERO);
    assert_eq!(wait(3, MIN, MAX, None, 0.5), Duration::from_millis(400));
    let asked = Duration::from_secs(7);
    for random in [0.0, 0.3, 1.0, 9.0] {
        let wait = wait(20, MIN, MAX, Some(asked), random);
        assert!(wait >= asked && wait <= asked + asked / 10, "{wait:?}");
    }
}
