//! Tests of the translation of errors.

use outrigger_plugin_api::sdk::ErrorKind;

use super::from_code;

#[test]
fn codes_become_kinds_and_keep_their_text() {
    let script = "value is not an integer or out of range script: c0ffee, on @user_script:2.";
    for (code, detail, kind, text) in [
        ("ERR", "increment or decrement would overflow", ErrorKind::Invalid, "increment or decrement would overflow"),
        ("ERR", script, ErrorKind::Invalid, "value is not an integer or out of range"),
        ("ERR", "max number of clients reached", ErrorKind::Overloaded, "max number of clients reached"),
        ("ERR", "unknown command 'GETEX', with args", ErrorKind::Unsupported, "unknown command 'GETEX', with args"),
        ("WRONGTYPE", "Operation against a key", ErrorKind::Invalid, "WRONGTYPE Operation against a key"),
        ("NOPERM", "this user has no permissions", ErrorKind::Refused, "NOPERM this user has no permissions"),
        ("OOM", "command not allowed", ErrorKind::Overloaded, "OOM command not allowed"),
        ("LOADING", "Redis is loading", ErrorKind::Unavailable, "LOADING Redis is loading"),
        ("READONLY", "You can't write", ErrorKind::Unavailable, "READONLY You can't write"),
        ("FUTURE", "x", ErrorKind::Internal, "FUTURE x"),
    ] {
        let error = from_code(code, detail);
        assert_eq!((error.kind, error.message.as_str()), (kind, text));
    }
}
