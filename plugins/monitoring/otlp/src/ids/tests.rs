//! Checks what is an id.

use super::{SPAN_BYTES, read};

#[test]
fn an_id_is_hexadecimal_of_its_length_and_not_zero() {
    assert_eq!(read("00f067aa0BA902b7", SPAN_BYTES), Some(vec![0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]));
    for text in ["", "0000000000000000", "00f067aa0ba902b", "00f067aa0ba902b7a", "+0f067aa0ba902b7", "ää67aa0ba902b7"]
    {
        assert_eq!(read(text, SPAN_BYTES), None, "{text}");
    }
}
