//! Checks what a batch in several requests comes to.

use std::time::Duration;

use super::Tally;
use crate::sdk::{ErrorKind, ProviderError, sink::Verdict};

const TIMEOUT: ErrorKind = ErrorKind::Timeout;

fn rejected() -> Verdict {
    Verdict::Rejected("too long".to_owned())
}

fn names(tally: Tally) -> Vec<&'static str> {
    tally.finish().unwrap().iter().map(Verdict::as_str).collect()
}

#[test]
fn an_error_before_any_answer_is_the_batch_s() {
    for kind in [ErrorKind::Unavailable, ErrorKind::Refused, ErrorKind::Overloaded] {
        let mut tally = Tally::of(3);
        tally.decide(0, rejected());
        tally.stop([1], ProviderError::new(kind, "no"));
        assert_eq!(tally.finish().unwrap_err().kind, kind);
    }
}

#[test]
fn what_was_answered_is_kept_and_the_rest_comes_again_after_the_wait() {
    let mut tally = Tally::of(4);
    tally.answer(0, Verdict::Delivered);
    tally.decide(1, rejected());
    tally.stop([2], ProviderError::new(ErrorKind::Overloaded, "no").retry_after(Duration::from_secs(7)));
    assert!(tally.is_stopped());
    let verdicts = tally.finish().unwrap();
    assert_eq!(verdicts[..2], [Verdict::Delivered, rejected()]);
    for verdict in &verdicts[2..] {
        assert!(matches!(verdict, Verdict::Retry { after: Some(wait), .. } if wait.as_secs() == 7), "{verdict:?}");
    }
}

#[test]
fn only_what_was_in_the_request_without_answer_is_ambiguous() {
    let mut whole = Tally::of(2);
    whole.stop(0..2, ProviderError::new(TIMEOUT, "lost"));
    assert_eq!(whole.finish().unwrap_err().kind, TIMEOUT);

    let mut part = Tally::of(3);
    part.decide(2, rejected());
    part.stop([0], ProviderError::new(TIMEOUT, "lost"));
    assert_eq!(names(part), ["ambiguous", "retry", "rejected"]);
}

#[test]
fn of_requests_under_way_at_once_each_keeps_its_own_failure() {
    let mut tally = Tally::of(3);
    tally.stop([0], ProviderError::unavailable("refused"));
    tally.stop([1], ProviderError::new(TIMEOUT, "lost"));
    assert_eq!(names(tally), ["retry", "ambiguous", "retry"]);
}

#[test]
fn what_there_was_no_time_for_comes_again() {
    let mut tally = Tally::of(2);
    tally.answer(0, Verdict::AcceptedUnverified);
    assert_eq!(names(tally), ["accepted_unverified", "retry"]);
}

#[test]
fn of_a_record_in_several_events_the_worst_counts() {
    let mut tally = Tally::of(3);
    tally.answer(0, Verdict::Delivered);
    tally.answer(0, rejected());
    tally.answer(1, rejected());
    tally.answer(1, Verdict::Delivered);
    tally.answer(2, Verdict::Delivered);
    tally.stop([2], ProviderError::unavailable("no"));
    assert_eq!(names(tally), ["rejected", "rejected", "retry"]);
}

#[test]
fn a_record_of_which_an_event_was_not_sent_comes_again_unless_it_ended_badly() {
    let mut tally = Tally::of(4);
    tally.answer(0, Verdict::Delivered);
    tally.answer(1, Verdict::Delivered);
    tally.answer(2, rejected());
    for record in 1..4 {
        tally.reopen(record);
    }
    assert_eq!(names(tally), ["delivered", "retry", "rejected", "retry"]);
}

#[test]
fn a_place_beyond_the_batch_is_nothing() {
    let mut tally = Tally::of(0);
    tally.answer(5, Verdict::Delivered);
    assert_eq!(tally.finish(), Ok(Vec::new()));
}
