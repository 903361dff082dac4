//! Tests of answers that are read.

use outrigger_plugin_api::sdk::ErrorKind;
use outrigger_redis_commands::Answer;
use serde_json::{Value, json};

use super::answer;
use crate::settings::Encoding;

fn bytes(bytes: &[u8]) -> Answer {
    Answer::Bytes(bytes.to_vec())
}

#[test]
fn results_keep_their_bytes() {
    for (entry, expected) in [
        (json!({ "result": null }), Answer::Nil),
        (json!({ "result": "OK" }), Answer::Okay),
        (json!({ "result": "T0s=" }), bytes(b"OK")),
        (json!({ "result": "" }), bytes(b"")),
        (json!({ "result": "/wA=" }), bytes(b"\xff\0")),
        (json!({ "result": i64::MIN }), Answer::Integer(i64::MIN)),
        (json!({ "result": 1.5 }), Answer::Other),
        (json!({ "result": ["MA==", ["aw=="]] }), Answer::List(vec![bytes(b"0"), Answer::List(vec![bytes(b"k")])])),
    ] {
        assert_eq!(answer(Encoding::Base64, entry.clone()), Ok(expected), "{entry}");
    }
    assert_eq!(answer(Encoding::Plain, json!({ "result": "MA==" })), Ok(bytes(b"MA==")));
}

#[test]
fn errors_keep_their_code() {
    for (line, code, detail) in [
        ("ERR value is not an integer or out of range", "ERR", "value is not an integer or out of range"),
        ("WRONGTYPE Operation against a key", "WRONGTYPE", "Operation against a key"),
        ("something else", "ERR", "something else"),
    ] {
        let expected = Answer::Error { code: code.to_owned(), detail: detail.to_owned() };
        assert_eq!(answer(Encoding::Base64, json!({ "error": line })), Ok(expected));
    }
}

#[test]
fn what_is_no_answer_is_named() {
    let deep = json!({ "result": [[["MA=="]]] });
    assert!(matches!(answer(Encoding::Base64, deep), Ok(Answer::List(_))), "too deep is another reply, not a crash");
    for entry in [Value::Null, json!([]), json!({}), json!({ "result": "no base64!" })] {
        let kind = answer(Encoding::Base64, entry).map_err(|error| error.kind);
        assert_eq!(kind, Err(ErrorKind::Internal));
    }
}
