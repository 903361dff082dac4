//! Replies have the bytes of each protocol.

use super::*;

fn written(version: Version, write: impl FnOnce(&mut Replies)) -> String {
    let mut replies = Replies { version, ..Replies::default() };
    write(&mut replies);
    let mut pieces = [IoSlice::new(&[]); 8];
    let used = replies.gather(0, &mut pieces);
    pieces[..used].iter().map(|piece| String::from_utf8_lossy(piece).into_owned()).collect()
}

#[test]
fn each_reply_has_its_form_in_each_version() {
    type Write = fn(&mut Replies);
    let cases: [(Write, &str, &str); 11] = [
        (|r| r.status("OK"), "+OK\r\n", "+OK\r\n"),
        (|r| r.error("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n"),
        (|r| r.integer(0), ":0\r\n", ":0\r\n"),
        (|r| r.integer(i64::MIN), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"),
        (|r| r.bulk(b""), "$0\r\n\r\n", "$0\r\n\r\n"),
        (|r| r.null(), "$-1\r\n", "_\r\n"),
        (|r| r.null_list(), "*-1\r\n", "_\r\n"),
        (|r| r.map(2), "*4\r\n", "%2\r\n"),
        (|r| r.set(2), "*2\r\n", "~2\r\n"),
        (|r| r.list(12), "*12\r\n", "*12\r\n"),
        (|r| r.verbatim("a"), "$1\r\na\r\n", "=5\r\ntxt:a\r\n"),
    ];
    for (write, two, three) in cases {
        assert_eq!((written(Version::Two, write).as_str(), written(Version::Three, write).as_str()), (two, three));
    }
}

#[test]
fn long_values_are_gathered_where_they_stand() {
    let long = vec![b'x'; COPIED_BYTES_MAX + 1];
    let mut replies = Replies::default();
    replies.bulk(b"a");
    replies.value(long.clone().into());
    let mark = replies.mark();
    replies.value(long.clone().into());
    replies.cut(mark);
    replies.integer(7);
    assert!(replies.plain().is_none());
    let whole = [&b"$1\r\na\r\n$16385\r\n"[..], &long, b"\r\n:7\r\n"].concat();
    assert_eq!(replies.bytes(), whole.len());
    for sent in [0, 3, 7, 15, 20, whole.len() - 3, whole.len()] {
        let mut pieces = [IoSlice::new(&[]); 8];
        let used = replies.gather(sent, &mut pieces);
        assert_eq!(pieces[..used].iter().flat_map(|piece| piece.to_vec()).collect::<Vec<_>>(), whole[sent..]);
    }
    replies.clear(0);
    assert!(replies.is_empty() && replies.plain() == Some(&[][..]));
}
