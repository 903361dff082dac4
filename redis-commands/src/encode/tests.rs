//! Tests of the commands that operations become.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    Bytes, ErrorKind,
    cache::{Condition, ExpireCondition, Expiry, Op},
};

use super::{DEADLINE_MS_MAX, encode};
use crate::{Body, Keyspace, List};

fn line(op: &Op<Bytes>) -> String {
    let command = encode::<List>(&Keyspace::new("p:".to_owned()), op).expect("a command");
    let words = command.words.0.iter().map(|word| match command.body {
        Some(body) if word == body.text().as_bytes() => body.name().to_owned(),
        _ => String::from_utf8_lossy(word).into_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn operations_become_commands() {
    let (key, value) = (|| Bytes::from("k"), || Bytes::from("v"));
    let set = |expiry, condition, return_old| Op::Set { key: key(), value: value(), expiry, condition, return_old };
    let short = Expiry::In(Duration::from_micros(1_500));
    for (op, expected) in [
        (Op::Get { key: key() }, "GET p:k"),
        (set(Expiry::Never, Condition::Always, false), "SET p:k v"),
        (set(short, Condition::IfAbsent, true), "SET p:k v NX GET PX 2"),
        (set(Expiry::In(Duration::ZERO), Condition::IfPresent, false), "SET p:k v XX PXAT 1"),
        (set(Expiry::Keep, Condition::Always, false), "SET p:k v KEEPTTL"),
        (Op::Delete { key: key() }, "UNLINK p:k"),
        (
            Op::Expire { key: key(), expiry: Expiry::At { unix_ms: 9 }, condition: ExpireCondition::IfLater },
            "PEXPIREAT p:k 9 GT",
        ),
        (Op::Increment { key: key(), by: -3, expiry: Expiry::Never }, "INCRBY p:k -3"),
        (Op::Increment { key: key(), by: 3, expiry: short }, "EVAL @increment 1 p:k 3 PEXPIRE 2"),
        (Op::CompareAndDelete { key: key(), expected: value() }, "EVAL @delete 1 p:k v"),
        (Op::GetAndTouch { key: key(), expiry: Expiry::Never }, "GETEX p:k PERSIST"),
        (Op::GetRange { key: key(), start: -2, end: -1 }, "GETRANGE p:k -2 -1"),
        (Op::Rename { key: key(), to: value(), if_absent: true }, "RENAMENX p:k p:v"),
        (Op::Copy { key: key(), to: value(), replace: true }, "COPY p:k p:v REPLACE"),
        (Op::RandomKey, "RANDOMKEY"),
    ] {
        assert_eq!(line(&op), expected);
    }
}

#[test]
fn a_deadline_that_scripts_would_meet_half_way_is_refused_before() {
    let expiry = Expiry::At { unix_ms: DEADLINE_MS_MAX };
    let op = Op::Increment { key: Bytes::from("k"), by: 1, expiry };
    let refused = encode::<List>(&Keyspace::new(String::new()), &op).map(|_| ());
    assert_eq!(refused.map_err(|error| error.kind), Err(ErrorKind::Invalid));
}

#[test]
fn the_group_script_holds_every_body() {
    let script = crate::group_script();
    for body in [Body::CompareAndSet, Body::CompareAndDelete, Body::CompareAndExpire, Body::Increment, Body::Token] {
        assert!(script.contains(body.text()) && script.contains(&format!("bodies['{}']", body.name())));
    }
}
