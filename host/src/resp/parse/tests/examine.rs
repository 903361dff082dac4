//! Reads bytes of any origin as requests and checks what must hold for all of them.
//!
//! The fuzz target includes this file too, so that both examine the same.

use crate::resp::{Bounds, Broken, Parser};

/// Reads the bytes whole, byte by byte, and in pieces as long as their first byte says: all three are to give the same
/// requests and the same fault, and to keep no more than there is.
pub fn examine(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().map_or((1, bytes), |(first, rest)| (*first, rest));
    let bounds = Bounds { bulk_bytes_max: 1 << 20, before_auth: first % 2 == 0 };
    let whole = read(rest, rest.len().max(1), bounds);
    assert_eq!(read(rest, 1, bounds), whole, "byte by byte");
    assert_eq!(read(rest, usize::from(first).max(1), bounds), whole, "in pieces");
    let words: usize = whole.0.iter().map(Vec::len).sum();
    assert!(words <= rest.len(), "more words than bytes");
    assert!(whole.0.iter().all(|request| !request.is_empty()), "a request without a word");
}

type Request = Vec<Vec<u8>>;

fn read(bytes: &[u8], piece: usize, bounds: Bounds) -> (Vec<Request>, Option<String>) {
    let (mut parser, mut buffer, mut found) = (Parser::default(), Vec::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        buffer.extend_from_slice(piece);
        let result = parser.read(&mut buffer, bounds, usize::MAX);
        let requests = parser.requests(&buffer);
        for number in 0..requests.len() {
            found.push(requests.get(number).into_iter().flat_map(|words| words.from(0)).map(<[u8]>::to_vec).collect());
        }
        if let Err(Broken(text)) = result {
            return (found, Some(text.into_owned()));
        }
        buffer.drain(..parser.forget());
    }
    (found, None)
}
