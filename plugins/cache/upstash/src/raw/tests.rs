//! Tests of which commands go alone, and how.

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, Expiry, Op},
};
use outrigger_redis_commands::{Keyspace, encode};

use super::alone;
use crate::escape::row;

fn path(op: &Op<Bytes>) -> Option<(String, usize)> {
    let command = encode(&Keyspace::new(String::new()), op).expect("a command");
    alone(&command, &row(&command)).map(|(path, body)| (path, body.len()))
}

fn set(key: &[u8], value: Vec<u8>) -> Op<Bytes> {
    let (key, value) = (Bytes::copy_from_slice(key), value.into());
    Op::Set { key, value, expiry: Expiry::Never, condition: Condition::IfAbsent, return_old: false }
}

#[test]
fn a_large_value_that_json_would_swell_goes_alone() {
    let expected = Some(("/0/3/x534554/xff2f/x4e58".to_owned(), 70_000));
    assert_eq!(path(&set(b"\xff/", vec![0xfe; 70_000])), expected);
    assert_eq!(path(&set(b"\xff/", vec![0; 70_000])), expected, "control characters take six times their room");
    let op = Op::SetRange { key: Bytes::new(), offset: 7, value: vec![0xff; 65_536].into() };
    assert_eq!(path(&op), Some(("/0/4/x53455452414e4745/x/x37".to_owned(), 65_536)));
}

#[test]
fn all_else_goes_with_the_others() {
    for (op, why) in [
        (set(b"k", vec![0xff; 60_000]), "small"),
        (set(b"k", vec![b'a'; 70_000]), "text"),
        (set(&[b'k'; 3_000], vec![0xff; 70_000]), "a key too long for a path"),
        (
            Op::CompareAndDelete { key: Bytes::from("k"), expected: vec![0xff; 70_000].into() },
            "a script, which no script can call",
        ),
    ] {
        assert_eq!(path(&op), None, "{why}");
    }
}
