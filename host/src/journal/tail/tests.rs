//! What is in memory, and for how long.

use bytes::Bytes;

use super::{TAIL_BYTES_MAX, Tail};

#[test]
fn commits_are_found_from_any_place_in_them() {
    let tail = Tail::default();
    tail.put(1, 128, Bytes::from_static(b"abc"));
    tail.put(1, 131, Bytes::from_static(b"defg"));
    let from = |offset| tail.from(1, offset);
    assert_eq!((from(127), from(128).as_deref()), (None, Some(&b"abc"[..])));
    assert_eq!((from(130).as_deref(), from(131).as_deref()), (Some(&b"c"[..]), Some(&b"defg"[..])));
    assert_eq!((from(134).as_deref(), from(135)), (Some(&b"g"[..]), None));
    assert_eq!((tail.from(2, 131), Tail::default().from(0, 0)), (None, None));
    tail.put(9, 128, Bytes::from_static(b"x"));
    assert_eq!((from(131), tail.from(9, 128).as_deref()), (None, Some(&b"x"[..])));
    tail.clear();
    assert_eq!(tail.from(9, 128), None);
}

#[test]
fn the_oldest_go_beyond_the_bound() {
    let tail = Tail::default();
    let half = Bytes::from(vec![7; TAIL_BYTES_MAX / 2]);
    let length = half.len() as u64;
    for commit in 0..3 {
        tail.put(1, commit * length, half.clone());
    }
    assert_eq!((tail.from(1, 0), tail.from(1, length).map(|bytes| bytes.len())), (None, Some(half.len())));
    tail.put(1, 3 * length, Bytes::from(vec![7; TAIL_BYTES_MAX + 1]));
    assert_eq!(tail.from(1, 3 * length), None, "larger than all that is kept");
    assert_eq!(tail.0.lock().bytes, 0);
}
