//! Checks what is left of a budget.

use std::time::Duration;

use super::Call;

#[test]
fn a_tenth_of_the_budget_is_kept_for_the_way_home() {
    let left = Call::within(Duration::from_secs(100)).countdown().left().unwrap();
    assert!(left <= Duration::from_secs(90) && left > Duration::from_secs(80), "{left:?}");
}

#[test]
fn a_call_without_bound_is_never_over_and_one_without_time_is_at_once() {
    let unbounded = Call::unbounded().countdown();
    assert_eq!((unbounded.left(), unbounded.is_over()), (None, false));
    assert!(Call::within(Duration::ZERO).countdown().is_over());
    assert!(!Call::within(Duration::MAX).countdown().is_over(), "beyond what a clock can say is no bound");
}
