//! Requests are read the same however they arrive, and broken ones are named as Redis names them.

mod examine;

use proptest::prelude::*;

use super::*;

const BOUNDS: Bounds = Bounds { bulk_bytes_max: 1 << 20, before_auth: false };

type Words = Vec<Vec<u8>>;

/// Reads what comes in pieces; returns the requests, and what broke.
fn read(pieces: &[&[u8]], bounds: Bounds) -> (Vec<Words>, Option<String>) {
    let (mut parser, mut buffer, mut found) = (Parser::default(), Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        let result = parser.read(&mut buffer, bounds, usize::MAX);
        let requests = parser.requests(&buffer);
        for number in 0..requests.len() {
            found.push(requests.get(number).unwrap().from(0).map(<[u8]>::to_vec).collect());
        }
        if let Err(Broken(text)) = result {
            return (found, Some(text.into_owned()));
        }
        let gone = parser.forget();
        buffer.drain(..gone);
    }
    (found, None)
}

fn words(words: &[&str]) -> Words {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

#[test]
fn requests_are_split() {
    let cases: [(&[u8], Vec<Words>); 8] = [
        (b"*1\r\n$4\r\nPING\r\n", vec![words(&["PING"])]),
        (b"*2\r\n$3\r\nGET\r\n$0\r\n\r\n*0\r\n*-1\r\nPING\r\n", vec![words(&["GET", ""]), words(&["PING"])]),
        (b"\r\n  \r\nset a  b\n", vec![words(&["set", "a", "b"])]),
        (b"set \"a b\" '\\' \\n'\r\n", vec![words(&["set", "a b", "' \\n"])]),
        (b"set \"\\x41\\n\\q\" b\r\n", vec![words(&["set", "A\nq", "b"])]),
        (b"get a\0 b\n", vec![words(&["get", "a"])]),
        (b"*1\r\n$2\r\nabXX*1\r\n$1\r\nc\r\n", vec![words(&["ab"]), words(&["c"])]),
        (b"*1\r\n$4\r\nPIN", vec![]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(&[bytes], BOUNDS), (expected.clone(), None), "{}", bytes.escape_ascii());
        let each: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&each, BOUNDS), (expected, None), "byte by byte: {}", bytes.escape_ascii());
    }
}

#[test]
fn broken_requests_are_named() {
    let long = [&[b'a'; LINE_BYTES_MAX + 1][..]].concat();
    let counts = [&b"*"[..], &vec![b'1'; LINE_BYTES_MAX + 1]].concat();
    let bulks = [&b"*1\r\n$"[..], &vec![b'1'; LINE_BYTES_MAX + 1]].concat();
    let cases: [(&[u8], &str); 9] = [
        (b"*x\r\n", "invalid multibulk length"),
        (b"*2147483648\r\n", "invalid multibulk length"),
        (b"*1\r\n+OK\r\n", "expected '$', got '+'"),
        (b"*1\r\n$-1\r\n", "invalid bulk length"),
        (b"*1\r\n$1048577\r\n", "invalid bulk length"),
        (b"get \"a\r\n", "unbalanced quotes in request"),
        (&long, "too big inline request"),
        (&counts, "too big mbulk count string"),
        (&bulks, "too big bulk count string"),
    ];
    for (bytes, text) in cases {
        let expected = Some(format!("Protocol error: {text}"));
        assert_eq!(read(&[b"PING\r\n", bytes], BOUNDS), (vec![words(&["PING"])], expected));
    }
    let before_auth = Bounds { before_auth: true, ..BOUNDS };
    let cases = [("*11\r\n", "unauthenticated multibulk length"), ("*1\r\n$16385\r\n", "unauthenticated bulk length")];
    for (bytes, text) in cases {
        assert_eq!(read(&[bytes.as_bytes()], before_auth).1, Some(format!("Protocol error: {text}")));
    }
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        requests in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5), 1..6),
        cuts in prop::collection::vec(0_usize..400, 0..8),
    ) {
        let mut bytes = Vec::new();
        for request in &requests {
            bytes.extend(format!("*{}\r\n", request.len()).bytes());
            for word in request {
                bytes.extend(format!("${}\r\n", word.len()).bytes());
                bytes.extend(word);
                bytes.extend(b"\r\n");
            }
        }
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(read(&pieces, BOUNDS), (requests, None));
    }

    #[test]
    fn any_bytes_are_read_alike_however_they_come(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        examine::examine(&bytes);
    }

    #[test]
    fn bytes_of_the_protocol_are_read_alike_however_they_come(
        parts in prop::collection::vec(prop::sample::select(vec![
            "*", "$", "\r\n", "\n", "-", "0", "1", "2", "65536", "9223372036854775808", "\"", "'", "\\x4", " ", "GET", "\0",
        ]), 0..40),
    ) {
        examine::examine(parts.concat().as_bytes());
    }
}
