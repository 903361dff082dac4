//! Numbers are read as Redis reads them.

use super::*;

#[test]
fn integers_are_read_as_by_string2ll() {
    let numbers =
        [("0", 0), ("-1", -1), ("9223372036854775807", i64::MAX), ("-9223372036854775808", i64::MIN), ("42", 42)];
    for (text, number) in numbers {
        assert_eq!(integer(text.as_bytes()), Some(number), "{text}");
    }
    let none =
        ["", "-", "+1", "01", "-0", " 1", "1 ", "1.0", "9223372036854775808", "-9223372036854775809", "1e3", "0x1"];
    for text in none {
        assert_eq!(integer(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn floats_are_decimal() {
    let numbers = [("3.0e3", 3000.0), ("-.5", -0.5), ("10", 10.0), ("5.", 5.0)];
    for (text, number) in numbers {
        assert_eq!(float(text.as_bytes()), Some(number), "{text}");
    }
    for text in ["", " 1", "1 ", "nan", "abc", "1e", "--1"] {
        assert_eq!(float(text.as_bytes()), None, "{text:?}");
    }
}
