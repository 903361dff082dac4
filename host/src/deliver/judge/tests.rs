//! The rules of delivery as a table: what came home, and what becomes of it.

use std::time::Duration;

use outrigger_plugin_api::sdk::{Bytes, ProviderError};
use uuid::Uuid;

use super::*;
use crate::{
    call::Outgoing,
    config::{OnFull, Order},
    deliver::window::Source,
};

fn policy(on_ambiguous: OnAmbiguous) -> Policy {
    Policy {
        batch_records: 10,
        batch_bytes: 1_000,
        batch_age: Duration::ZERO,
        in_flight: 2,
        rate: None,
        backoff_min: Duration::from_millis(1),
        backoff_max: Duration::from_secs(1),
        age_max: Duration::from_secs(3_600),
        on_ambiguous,
        on_full: OnFull::Reject,
        order: Order::Any,
    }
}

fn batch(records: u64, failures: u32) -> Batch {
    let item = |position: u64| {
        let event = Outgoing { id: Uuid::from_u128(position.into()), received_at_ms: 0, sort: 0, body: Bytes::new() };
        Item { position, source: Source::Cursor, event, tries: 3, first_try_ms: 1 }
    };
    Batch { items: (0..records).map(item).collect(), failures }
}

fn error(kind: ErrorKind) -> CallError {
    CallError::Provider { provider: "p".into(), error: ProviderError::new(kind, "words") }
}

/// What a judgement did, short enough for a table: ended, dead, sizes of batches sent again, paused.
fn short(judgement: &Judgement) -> (usize, Vec<&'static str>, Vec<usize>, bool) {
    let dead = judgement.dead.iter().map(|(_, reason)| reason.code).collect();
    (
        judgement.ended.len(),
        dead,
        judgement.again.iter().map(|again| again.batch.items.len()).collect(),
        judgement.pause,
    )
}

fn check(records: u64, failures: u32, error: CallError, expected: (usize, &[&'static str], &[usize], bool)) {
    let judgement = judge(batch(records, failures), Err(error.clone()), &policy(OnAmbiguous::Retry));
    let (ended, dead, again, pause) = short(&judgement);
    assert_eq!((ended, &dead[..], &again[..], pause), expected, "{records} records, {failures} failures: {error}");
}

#[test]
fn each_verdict_decides_for_its_own_record() {
    let verdicts = vec![
        Verdict::Delivered,
        Verdict::Rejected("no".into()),
        Verdict::Retry { after: Some(Duration::from_secs(9)), reason: "later".into() },
        Verdict::AcceptedUnverified,
        Verdict::Retry { after: None, reason: "later".into() },
        Verdict::DroppedByVendor("sampled".into()),
        Verdict::Unsupported,
    ];
    let judgement = judge(batch(7, 0), Ok(verdicts), &policy(OnAmbiguous::Retry));
    let ended: Vec<_> = judgement.ended.iter().map(|(item, outcome)| (item.position, *outcome)).collect();
    let expected = [
        (0, Outcome::Delivered),
        (3, Outcome::AcceptedUnverified),
        (5, Outcome::DroppedByVendor),
        (6, Outcome::Unsupported),
    ];
    assert_eq!(ended, expected);
    assert_eq!(judgement.dead[0].1, Reason { code: "delivery.rejected", text: "no".into() });
    let [again] = &judgement.again[..] else { panic!("one batch is sent again: {judgement:?}") };
    assert_eq!(again.batch.items.iter().map(|item| item.position).collect::<Vec<_>>(), [2, 4]);
    assert_eq!((again.wait, again.batch.failures), (Wait::BackOff(Some(Duration::from_secs(9))), 1));
    assert!(!judgement.pause, "the provider answered");
}

#[test]
fn each_error_has_its_rule() {
    for kind in [ErrorKind::Unavailable, ErrorKind::Overloaded, ErrorKind::Refused, ErrorKind::Settings] {
        check(4, 7, error(kind), (0, &[], &[4], true));
    }
    check(4, 0, error(ErrorKind::Unsupported), (4, &[], &[], false));
    check(4, 0, error(ErrorKind::Invalid), (0, &[], &[2, 2], false));
    check(5, 0, error(ErrorKind::Invalid), (0, &[], &[2, 3], false));
    check(1, 0, error(ErrorKind::Invalid), (0, &["delivery.rejected"], &[], false));
    for kind in [ErrorKind::Panicked, ErrorKind::Internal] {
        check(4, 0, error(kind), (0, &[], &[4], false));
        check(4, 1, error(kind), (0, &[], &[2, 2], false));
        check(1, 1, error(kind), (0, &[], &[1], false));
        check(1, POISON_TRIES - 1, error(kind), (0, &["delivery.poison"], &[], false));
    }
}

#[test]
fn what_never_reached_the_provider_is_no_failure_of_the_records() {
    let errors = [
        CallError::BreakerOpen { provider: "p".into(), failures: 5, retry_after: Duration::from_secs(3) },
        CallError::NotRunning { provider: "p".into(), why: "it failed".into() },
        CallError::Overloaded { provider: "p".into(), limit: 1, after: Duration::ZERO },
    ];
    for error in errors {
        let judgement = judge(batch(1, POISON_TRIES + 1), Err(error.clone()), &policy(OnAmbiguous::Drop));
        assert_eq!(short(&judgement), (0, vec![], vec![1], true), "{error}");
        assert_eq!(judgement.again[0].batch.items[0].tries, 2, "{error}: the try does not count");
        assert_eq!(judgement.again[0].batch.failures, POISON_TRIES + 1, "{error}");
    }
}

#[test]
fn a_time_out_is_ambiguous_and_the_configuration_decides() {
    let deadline = || CallError::Deadline { provider: "p".into(), after: Duration::from_secs(1) };
    for (on_ambiguous, expected) in [
        (OnAmbiguous::Retry, (0, vec![], vec![2], true)),
        (OnAmbiguous::DeadLetter, (0, vec!["delivery.ambiguous"; 2], vec![], true)),
        (OnAmbiguous::Drop, (2, vec![], vec![], true)),
    ] {
        for error in [deadline(), error(ErrorKind::Timeout)] {
            assert_eq!(short(&judge(batch(2, 0), Err(error), &policy(on_ambiguous))), expected, "{on_ambiguous:?}");
        }
    }
}

#[test]
fn an_ambiguous_verdict_is_decided_by_the_configuration_for_its_record_alone() {
    let verdicts = || vec![Verdict::Delivered, Verdict::Ambiguous("no answer".into())];
    let cases = [
        (OnAmbiguous::Retry, (1, vec![], vec![1], false)),
        (OnAmbiguous::DeadLetter, (1, vec!["delivery.ambiguous"], vec![], false)),
        (OnAmbiguous::Drop, (2, vec![], vec![], false)),
    ];
    for (on_ambiguous, expected) in cases {
        let judgement = judge(batch(2, 0), Ok(verdicts()), &policy(on_ambiguous));
        assert_eq!(short(&judgement), expected, "{on_ambiguous:?}");
    }
}

#[test]
fn halving_finds_the_one_record_that_is_refused() {
    for bad in 0..100 {
        let (mut work, mut calls, mut delivered, mut dead) = (vec![batch(100, 0)], 0, 0, Vec::new());
        while let Some(batch) = work.pop() {
            calls += 1;
            let refused = batch.items.iter().any(|item| item.position == bad);
            let verdicts = vec![Verdict::Delivered; batch.items.len()];
            let result = if refused { Err(error(ErrorKind::Invalid)) } else { Ok(verdicts) };
            let judgement = judge(batch, result, &policy(OnAmbiguous::Retry));
            delivered += judgement.ended.len();
            dead.extend(judgement.dead.into_iter().map(|(item, _)| item.position));
            work.extend(judgement.again.into_iter().map(|again| again.batch));
        }
        assert_eq!((delivered, dead), (99, vec![bad]));
        assert!(calls <= 15, "{calls} calls for a hundred records");
    }
}
