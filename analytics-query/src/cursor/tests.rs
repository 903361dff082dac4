//! Cursors and what is none.

use super::*;

#[test]
fn cursors_read_back_and_others_are_refused() {
    assert_eq!(read_all(Some(&of_all(17))).unwrap(), 17);
    assert_eq!(read_timeline(Some(&of_timeline(5, 17))).unwrap(), (5, 17));
    assert_eq!((read_all(None).unwrap(), read_timeline(None).unwrap()), (0, (i64::MAX, i64::MAX)));
    for bad in ["", "a", "17", "a-1", "a+1", "t1.2", "a99999999999999999999"] {
        assert_eq!(read_all(Some(bad)).unwrap_err().pointer, "/cursor", "{bad}");
    }
    for bad in ["", "t", "t1", "t1.", "t.2", "a1.2", "t1.2.3", "t1.-2"] {
        assert_eq!(read_timeline(Some(bad)).unwrap_err().pointer, "/cursor", "{bad}");
    }
}
