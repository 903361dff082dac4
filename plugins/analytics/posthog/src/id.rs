//! Which ids PostHog takes for a person.
//!
//! Source: posthog.com, "Ingestion warnings", and its capture server, read 2026-11-22.

/// Longest id, in characters. PostHog cuts longer ones, so that two people could become one.
const ID_CHARS_MAX: usize = 200;

/// Ids that come from a slip and would make one person of many; compared without regard to case.
const ILLEGAL: [&str; 12] = [
    "anonymous",
    "guest",
    "distinctid",
    "distinct_id",
    "id",
    "not_authenticated",
    "email",
    "undefined",
    "true",
    "false",
    "none",
    "null",
];
/// The same, as they are written.
const ILLEGAL_AS_WRITTEN: [&str; 5] = ["[object Object]", "NaN", "0", "\"\"", "''"];

/// Checks a person's id.
///
/// # Errors
/// Which rule it breaks.
pub(crate) fn checked(id: &str) -> Result<&str, String> {
    let id = id.trim();
    if id.is_empty() {
        return Err("the id of the person is empty".to_owned());
    }
    let length = id.chars().count();
    if length > ID_CHARS_MAX {
        return Err(format!("the id of the person has {length} characters; PostHog takes {ID_CHARS_MAX}"));
    }
    let illegal = |id: &str| ILLEGAL.iter().any(|illegal| illegal.eq_ignore_ascii_case(id));
    let quoted = |id: &str| ILLEGAL_AS_WRITTEN.contains(&id) || illegal(id);
    if quoted(id) || quoted(id.trim_matches(['"', '\''])) {
        return Err(format!("`{id}` is no id of one person; PostHog refuses it"));
    }
    Ok(id)
}
