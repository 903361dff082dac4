//! Which failures open the breaker, and what closes it.

use std::time::Duration;

use outrigger_plugin_api::sdk::ErrorKind;

use super::eventually;
use crate::call::{Breaker, BreakerState};

/// Longer than any of these tests runs, so that an open breaker stays open.
const LONG: Duration = Duration::from_secs(600);

fn opened(threshold: u32, open_for: Duration) -> Breaker {
    let breaker = Breaker::new(threshold, open_for);
    (0..threshold).for_each(|_| breaker.failed(ErrorKind::Unavailable));
    breaker
}

#[test]
fn failures_in_a_row_open_it_and_calls_then_fail_with_the_time_left() {
    let breaker = Breaker::new(3, LONG);
    for _ in 0..2 {
        breaker.failed(ErrorKind::Timeout);
        assert_eq!((breaker.state(), breaker.admit()), (BreakerState::Closed, Ok(())));
    }
    breaker.failed(ErrorKind::Panicked);
    let (failures, retry_after) = breaker.admit().unwrap_err();
    assert_eq!(failures, 3);
    assert!(retry_after <= LONG && retry_after > LONG / 2, "{retry_after:?}");
    assert!(matches!(breaker.state(), BreakerState::Open { retry_after } if retry_after <= LONG));
}

#[test]
fn an_answer_between_failures_starts_the_count_anew() {
    let breaker = Breaker::new(2, LONG);
    for _ in 0..10 {
        breaker.failed(ErrorKind::Internal);
        breaker.succeeded();
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn only_errors_that_speak_of_the_provider_count() {
    for (kind, counts) in [
        (ErrorKind::Unavailable, true),
        (ErrorKind::Timeout, true),
        (ErrorKind::Panicked, true),
        (ErrorKind::Internal, true),
        (ErrorKind::Overloaded, false),
        (ErrorKind::Refused, false),
        (ErrorKind::Invalid, false),
        (ErrorKind::Unsupported, false),
        (ErrorKind::Settings, false),
    ] {
        let breaker = Breaker::new(1, LONG);
        breaker.failed(kind);
        assert_eq!(breaker.admit().is_err(), counts, "{kind:?}");
    }
}

#[test]
fn a_threshold_of_zero_counts_as_one() {
    let breaker = Breaker::new(0, LONG);
    assert_eq!(breaker.admit(), Ok(()));
    breaker.failed(ErrorKind::Timeout);
    assert!(breaker.admit().is_err());
}

#[tokio::test]
async fn after_its_time_one_call_tries_and_decides() {
    for (answered, closed) in [(true, true), (false, false)] {
        let breaker = opened(2, Duration::from_millis(200));
        eventually("it is half open", || breaker.state() == BreakerState::HalfOpen).await;
        let admitted = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| breaker.admit())).collect();
            tries.into_iter().map(|one| one.join().unwrap()).filter(Result::is_ok).count()
        });
        assert_eq!(admitted, 1, "the others wait for what the first finds");
        if answered {
            breaker.succeeded()
        } else {
            breaker.failed(ErrorKind::Unavailable)
        }
        assert_eq!(breaker.state() == BreakerState::Closed, closed);
        assert_eq!(breaker.admit().is_ok(), closed);
    }
}
