//! No addition is lost, with a place or without.

use super::*;

#[test]
fn every_addition_of_every_thread_is_counted() {
    let (tally, other) = (Tally::default(), Tally::default());
    // More threads than places: some share.
    std::thread::scope(|scope| {
        for _ in 0..PLACES + 8 {
            scope.spawn(|| (0..1_000).for_each(|_| tally.add()));
        }
    });
    other.add();
    assert_eq!(tally.sum(), 1_000 * (PLACES as u64 + 8));
    assert_eq!(other.sum(), 1);
}
