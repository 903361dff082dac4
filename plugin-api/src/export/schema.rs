//! Keeps the schema file of a plugin's settings true: the generated test of every plugin calls this.

use schemars::JsonSchema;
use serde_json::Value;

/// Panics where `text` does not describe `S`; with `OUTRIGGER_UPDATE=1` rewrites `file` instead.
///
/// # Panics
/// As said: it is the body of a test.
#[expect(clippy::panic, reason = "the body of a generated test")]
pub fn check<S: JsonSchema>(text: &str, file: &str) {
    let current = schemars::schema_for!(S).to_value();
    if serde_json::from_str::<Value>(text).ok().as_ref() == Some(&current) {
        return;
    }
    let fresh = format!("{current:#}\n");
    if std::env::var_os("OUTRIGGER_UPDATE").is_some_and(|value| value == "1") {
        if let Err(error) = std::fs::write(file, fresh) {
            panic!("can't write {file}: {error}");
        }
        return;
    }
    panic!("{file} does not describe the settings type; run the test with OUTRIGGER_UPDATE=1. It should be:\n{fresh}");
}
