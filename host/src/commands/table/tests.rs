//! Every command is found by its name and by no other.

use super::*;

#[test]
fn every_row_is_found_whatever_the_case() {
    for (number, row) in ROWS.iter().enumerate() {
        assert!(row.name.len() <= NAME_BYTES_MAX && row.name == row.name.to_lowercase(), "{}", row.name);
        for name in [row.name.to_owned(), row.name.to_uppercase()] {
            assert_eq!(find(name.as_bytes()).map(|(found, _)| found), Some(number), "{name}");
        }
    }
    assert!(ROWS.len() < usize::from(u8::MAX));
    for name in ["", "GE", "GETT", "nope", "G\0T", "averyveryverylongname"] {
        assert!(find(name.as_bytes()).is_none(), "{name}");
    }
}
