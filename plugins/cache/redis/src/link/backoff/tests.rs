//! Tests of the pauses.

use std::time::Duration;

use super::pause;

#[test]
fn pauses_grow_to_their_bound_and_differ() {
    let most = Duration::from_secs(5);
    for (tries, bound) in [(0, 50), (1, 100), (4, 800), (7, 5000), (40, 5000), (u32::MAX, 5000)] {
        let drawn: Vec<_> = (0..100).map(|_| pause(tries, most)).collect();
        assert!(drawn.iter().all(|pause| *pause <= Duration::from_millis(bound)), "{tries}: {drawn:?}");
        let largest = drawn.iter().max().copied().unwrap_or_default();
        assert!(largest > Duration::from_millis(bound / 2), "{tries}: of 100 draws the largest is {largest:?}");
    }
}
