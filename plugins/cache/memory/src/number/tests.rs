//! Checks number texts against what redis-server 7.0 answers.

use super::*;

#[test]
fn integers_are_read_as_string2ll_reads_them() {
    let good = [("0", 0), ("-1", -1), ("9223372036854775807", i64::MAX), ("-9223372036854775808", i64::MIN)];
    for (text, number) in good {
        assert_eq!(parse_integer(text.as_bytes()), Some(number), "{text}");
    }
    for text in ["", "-", "-0", "+1", "01", "-01", " 1", "1 ", "1.0", "1e3", "9223372036854775808", "0x1", "١"] {
        assert_eq!(parse_integer(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn sums_print_as_incrbyfloat_prints_them() {
    let table = [
        ("10.50", 0.1, "10.6"),
        ("0.1", 0.2, "0.3"),
        ("5.0e3", 200.0, "5200"),
        ("3", 1.1, "4.1"),
        ("1.5", -1.5, "0"),
        ("-0", 0.0, "0"),
        ("-1.25", 0.25, "-1"),
        ("0", 1e-20, "0"),
        ("1", 1e20, "100000000000000000001"),
        ("0", 1e25, "10000000000000000000000000"),
        ("1e25", -1e25, "0"),
        ("1e-20", 0.0, "0"),
        ("-0.00000000000000001", 0.0, "-0.00000000000000001"),
        ("0.1234567890123456789", 0.0, "0.12345678901234568"),
        (".5", 0.25, "0.75"),
        ("+2", 1.0, "3"),
        ("100", 0.0, "100"),
    ];
    for (text, by, sum) in table {
        assert_eq!(add_decimal(text.as_bytes(), by).as_deref(), Ok(sum), "{text} + {by}");
    }
}

#[test]
fn what_is_no_finite_number_is_refused() {
    for text in ["", "abc", " 1", "1 ", "nan", "1..2", "--1", "1e"] {
        assert_eq!(add_decimal(text.as_bytes(), 1.0), Err(StoreError::NotAFloat), "{text}");
    }
    for (text, by) in [("1", f64::INFINITY), ("1", f64::NAN), ("inf", 1.0), ("1e308", 1.7e308)] {
        assert_eq!(add_decimal(text.as_bytes(), by), Err(StoreError::FloatOverflow), "{text} + {by}");
    }
}
