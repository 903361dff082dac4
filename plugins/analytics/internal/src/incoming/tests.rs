//! Which objects are taken, and as what text.

use super::*;

fn properties(json: &str) -> Result<Option<String>, String> {
    let body = format!("{{\"type\":\"track\",\"properties\":{json}}}");
    serde_json::from_str::<Incoming>(&body).unwrap().take_properties()
}

#[test]
fn objects_stay_as_they_are_and_empty_ones_take_no_space() {
    assert_eq!(properties(r#"{"b": [1.50, "}{"], "a": null}"#).unwrap().unwrap(), r#"{"b": [1.50, "}{"], "a": null}"#);
    for nothing in ["{}", "{ }", "null"] {
        assert_eq!(properties(nothing), Ok(None));
    }
    for other in ["7", "[]", "\"{}\""] {
        assert_eq!(properties(other).unwrap_err(), "properties is not an object");
    }
}

#[test]
fn nesting_is_bounded_where_it_is_nesting() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert!(properties(&nested(LEVELS_MAX)).is_ok());
    assert_eq!(properties(&nested(LEVELS_MAX + 1)).unwrap_err(), "properties is nested deeper than 127 levels");
    assert!(properties(&format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(1_000))).is_ok(), "brackets in a text");
}
