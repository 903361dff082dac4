//! Tests of commands on their way into JSON.

use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, Expiry, Op},
};
use outrigger_redis_commands::{Keyspace, encode};
use serde_json::{Value, json};

use super::{PRELUDE, RUN, row};

fn sent(op: &Op<Bytes>) -> Value {
    let command = encode(&Keyspace::new(String::new()), op).expect("a command");
    serde_json::from_slice(&row(&command)).expect("JSON")
}

fn set(key: &'static [u8], value: &'static [u8]) -> Op<Bytes> {
    let (key, value) = (Bytes::from_static(key), Bytes::from_static(value));
    Op::Set { key, value, expiry: Expiry::Keep, condition: Condition::IfAbsent, return_old: false }
}

#[test]
fn text_goes_as_it_is() {
    assert_eq!(sent(&set("ä".as_bytes(), b"\0\"\n")), json!(["SET", "ä", "\0\"\n", "NX", "KEEPTTL"]));
    assert_eq!(sent(&Op::Get { key: Bytes::new() }), json!(["GET", ""]));
}

#[test]
fn other_bytes_go_as_characters_of_their_number() {
    let run = format!("{PRELUDE}{RUN}");
    // Once a word needs it, every word is escaped: the script turns all of them back.
    let expected = json!(["EVAL", run, "1", "Ã¤", "SET", "\u{ff}\0\u{80}", "NX", "KEEPTTL"]);
    assert_eq!(sent(&set("ä".as_bytes(), b"\xff\0\x80")), expected);
    let rename = Op::Rename { key: Bytes::from_static(b"\xfe"), to: Bytes::from("to"), if_absent: false };
    assert_eq!(sent(&rename), json!(["EVAL", run, "1", "\u{fe}", "RENAME", "to"]));
}

#[test]
fn a_script_gets_the_prelude_before_its_own_text() {
    let op = Op::CompareAndDelete { key: Bytes::from("k"), expected: Bytes::from_static(b"\xc3") };
    let sent = sent(&op);
    assert!(sent[1].as_str().is_some_and(|text| text.starts_with(PRELUDE) && text.contains("'DEL'")));
    assert_eq!((&sent[0], &sent[2], &sent[3], &sent[4]), (&json!("EVAL"), &json!("1"), &json!("k"), &json!("Ã")));
}
