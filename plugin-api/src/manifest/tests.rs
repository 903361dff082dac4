//! Tests of the manifest.
use super::build::*;

#[test]
fn digits_are_decimal() {
    for number in [0, 7, 10, 1_234_567, u64::MAX] {
        assert_eq!(std::str::from_utf8(Digits::of(number).bytes()).unwrap(), number.to_string());
    }
}

#[test]
fn parts_join_in_order() {
    const PARTS: &[&[u8]] = &[b"ab", b"", b"c"];
    assert_eq!(&join::<{ length(PARTS) }>(PARTS), b"abc");
}
