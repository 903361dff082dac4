//! Replies become the JSON that Upstash's clients read.

use super::*;

#[test]
fn each_reply_has_its_form() {
    let replies = b"+OK\r\n:-3\r\n$-1\r\n$2\r\n\xffa\r\n*3\r\n$1\r\na\r\n$-1\r\n*1\r\n:1\r\n-ERR no\r\n";
    let read = |encoding| {
        let mut reader = Reader::new(replies, encoding);
        (0..6).map(|_| reader.result()).collect::<Vec<_>>()
    };
    let of = |text: &str, a: &str| {
        vec![
            json!({ "result": "OK" }),
            json!({ "result": -3 }),
            json!({ "result": null }),
            json!({ "result": text }),
            json!({ "result": [a, null, [1]] }),
            json!({ "error": "ERR no" }),
        ]
    };
    assert_eq!(read(Encoding::Text), of("\u{fffd}a", "a"));
    assert_eq!(read(Encoding::Base64), of("/2E=", "YQ=="));
    assert_eq!(Reader::new(b"-EXECABORT no\r\n", Encoding::Text).results(), Err("EXECABORT no".to_owned()));
    let list = Reader::new(b"*2\r\n+OK\r\n-ERR no\r\n", Encoding::Text).results();
    assert_eq!(list, Ok(vec![json!({ "result": "OK" }), json!({ "error": "ERR no" })]));
}
