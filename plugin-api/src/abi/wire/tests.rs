//! Tests that what crosses arrives as it was.
use std::time::Duration;

use super::*;
use crate::abi::{AbiError, Blob, ErrorCode, OpView, ReplyView};
use crate::sdk::cache::{Condition, ExpireCondition, Expiry, Op, Reply};
use crate::sdk::sink::Verdict;
use crate::sdk::{ErrorKind, ProviderError};

fn every_op() -> Vec<Op<&'static [u8]>> {
    let (key, value, expected, to) = (&b"k\0\xff"[..], &b"v"[..], &b"e"[..], &b"to"[..]);
    let mut ops = vec![
        Op::Get { key },
        Op::Delete { key },
        Op::Exists { key },
        Op::Ttl { key },
        Op::Persist { key },
        Op::RandomKey,
    ];
    ops.extend([Op::GetAndDelete { key }, Op::Length { key }, Op::Token { key }, Op::IncrementFloat { key, by: -2.5 }]);
    for expiry in [Expiry::Never, Expiry::Keep, Expiry::In(Duration::from_millis(1)), Expiry::At { unix_ms: u64::MAX }]
    {
        for condition in [Condition::Always, Condition::IfAbsent, Condition::IfPresent] {
            ops.push(Op::Set { key, value, expiry, condition, return_old: condition == Condition::IfAbsent });
        }
        use ExpireCondition::*;
        for condition in [Always, IfPersistent, IfExpiring, IfLater, IfEarlier] {
            ops.push(Op::Expire { key, expiry, condition });
        }
        ops.extend([Op::Increment { key, by: i64::MIN, expiry }, Op::CompareAndSet { key, expected, value, expiry }]);
        ops.extend([Op::CompareAndExpire { key, expected, expiry }, Op::GetAndTouch { key, expiry }]);
    }
    ops.extend([
        Op::Append { key, value },
        Op::CompareAndDelete { key, expected },
        Op::GetRange { key, start: -1, end: i64::MIN },
    ]);
    ops.extend([
        Op::SetRange { key, offset: u64::MAX, value },
        Op::Rename { key, to, if_absent: true },
        Op::Copy { key, to, replace: false },
    ]);
    ops
}

#[test]
fn every_operation_arrives_as_it_was() {
    let ops = every_op();
    for op in &ops {
        assert_eq!(decode_op(&encode_op(op)).as_ref(), Ok(op));
    }
    let codes: std::collections::BTreeSet<u16> = ops.iter().map(|op| op.code() as u16).collect();
    assert_eq!(codes, (1..=22).collect(), "the list above must hold every operation");
}

#[test]
fn an_operation_of_a_later_version_is_unsupported() {
    let later = OpView { code: 999, ..encode_op(&Op::<&[u8]>::RandomKey) };
    assert_eq!(decode_op(&later).map_err(|e| e.kind), Err(ErrorKind::Unsupported));
}

#[test]
fn every_reply_arrives_as_it_was() {
    let value = || Value::from(b"v".to_vec());
    use crate::sdk::cache::Value;
    let replies = || {
        let ttl = Reply::Ttl(Duration::from_millis(7));
        let plain =
            [Reply::Missing, Reply::Value(value()), Reply::Integer(-1), Reply::Yes, Reply::No, Reply::Persistent, ttl];
        plain.into_iter().chain([
            Reply::Stored(None),
            Reply::Stored(Some(value())),
            Reply::NotStored(None),
            Reply::NotStored(Some(value())),
        ])
    };
    for (sent, expected) in replies().zip(replies()) {
        assert_eq!(decode_result(encode_result(Ok(sent))), Ok(expected));
    }
}

#[test]
#[expect(unsafe_code, reason = "plays a lying plugin")]
fn a_reply_that_lies_about_its_length_is_refused() {
    // SAFETY: never called: the test fails if it is.
    unsafe extern "C" fn never(_: *mut (), _: *const u8, _: usize) {
        panic!("a lying blob must not be freed");
    }
    // SAFETY: none of the promises hold, on purpose; decode_reply must not read or free it.
    let value = unsafe {
        Blob::from_raw_parts(std::ptr::NonNull::dangling().as_ptr(), usize::MAX, std::ptr::null_mut(), never)
    };
    let lie = ReplyView { code: 1, flags: 0, reserved: 0, number: 0, value };
    assert_eq!(decode_reply(lie).map_err(|e| e.kind), Err(ErrorKind::Internal));
}

#[test]
fn errors_and_verdicts_arrive_as_they_were() {
    let wait = Some(Duration::from_millis(1500));
    let error = ProviderError { retry_after: wait, ..ProviderError::unavailable("down") };
    assert_eq!(decode_error(&encode_error(error.clone())), error);
    assert_eq!(decode_error(&AbiError::new(ErrorCode(60_000), b"?\xff".to_vec())).kind, ErrorKind::Internal);
    let retry = Verdict::Retry { after: wait, reason: "later".into() };
    for verdict in [
        Verdict::Delivered,
        Verdict::AcceptedUnverified,
        retry,
        Verdict::Rejected("no".into()),
        Verdict::DroppedByVendor("x".into()),
        Verdict::Unsupported,
    ] {
        assert_eq!(decode_verdict(&encode_verdict(verdict.clone())), verdict);
    }
}
