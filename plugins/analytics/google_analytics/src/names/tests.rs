//! Checks names against Google's rules.

use super::{event, parameter, property};

#[test]
fn a_name_is_written_as_google_writes_it_or_refused_with_the_rule() {
    for (given, expected) in [
        ("Order Completed", Ok("Order_Completed")),
        ("sign-up.v2", Ok("sign_up_v2")),
        ("", Err("is empty")),
        ("2nd", Err("must begin with a letter")),
        ("größe", Err("only letters, digits and `_`")),
        ("session_start", Err("is reserved")),
        ("firebase_x", Err("begins with `firebase_`")),
        ("_x", Err("begins with `_`")),
    ] {
        match (event(given), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => assert!(found.contains(expected) && found.contains(given), "{found}"),
            (found, expected) => unreachable!("{given}: {found:?}, not {expected:?}"),
        }
    }
    assert!(event(&"a".repeat(40)).is_ok());
    assert!(event(&"a".repeat(41)).unwrap_err().contains("has 41 characters; Google Analytics takes 40"));
}

#[test]
fn parameters_and_user_properties_have_rules_of_their_own() {
    assert_eq!(parameter("session_start").as_deref(), Ok("session_start"));
    assert!(parameter("ga_x").is_err() && parameter("a b").is_ok());
    assert_eq!(property("plan").as_deref(), Ok("plan"));
    assert!(property("user_id").is_err() && property("google_x").is_err());
    assert!(property(&"a".repeat(24)).is_ok() && property(&"a".repeat(25)).is_err());
}
