//! Pins the layout and the raw round trip of a value.

use super::*;

#[test]
fn a_value_is_one_word_and_so_is_none() {
    assert_eq!(size_of::<Value>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Value>>(), size_of::<usize>());
}

#[test]
fn key_and_value_are_told_apart() {
    for (key, value) in [(&b""[..], &b""[..]), (b"k", b""), (b"", b"v"), (b"key", b"a value")] {
        let built = Value::build(key, [value]);
        assert_eq!((built.key(), &*built), (key, value));
    }
    assert_eq!(&*Value::build(b"k", [b"ab", b"", b"c"]), b"abc");
}

#[test]
fn raw_parts_point_at_the_bytes_and_come_back_without_a_copy() {
    let value = Value::build(b"key", [b"payload"]);
    let address = value.as_ptr();
    let kept = value.clone();
    let (raw, bytes, owner) = value.into_raw();
    assert_eq!((raw, bytes), (address, 7));
    assert_eq!(ThinArc::strong_count(&kept.0), 2);
    // SAFETY: `owner` comes from `into_raw` two lines above and is used once.
    let back = unsafe { Value::from_raw(owner) };
    assert_eq!((back.as_ptr(), &*back), (address, &b"payload"[..]));
    drop(back);
    assert_eq!(ThinArc::strong_count(&kept.0), 1);
}
