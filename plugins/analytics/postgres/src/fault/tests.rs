//! SQLSTATEs and what the host then does.

use super::*;

#[test]
fn a_state_means_what_the_host_should_do() {
    for (code, kind) in [
        ("28P01", ErrorKind::Refused),     // wrong password
        ("3D000", ErrorKind::Refused),     // no such database
        ("42501", ErrorKind::Refused),     // no right
        ("42703", ErrorKind::Refused),     // a column that someone took away
        ("25006", ErrorKind::Unavailable), // a standby
        ("57P01", ErrorKind::Unavailable), // the administrator ends it
        ("57P03", ErrorKind::Unavailable), // still starting
        ("53100", ErrorKind::Unavailable), // disk full
        ("40P01", ErrorKind::Unavailable), // deadlock
        ("42P01", ErrorKind::Unavailable), // tables dropped
        ("53300", ErrorKind::Overloaded),
        ("57014", ErrorKind::Overloaded),
        ("22P05", ErrorKind::Invalid),
        ("23514", ErrorKind::Invalid),
        ("XX000", ErrorKind::Internal),
    ] {
        let error = said(code, "words");
        assert_eq!((error.kind, error.message), (kind, format!("words (SQLSTATE {code})")), "{code}");
    }
}
