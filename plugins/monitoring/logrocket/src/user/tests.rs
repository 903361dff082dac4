//! Tests of what is taken from a record.

use outrigger_plugin_api::sdk::{monitoring::Event, sink::Verdict};
use serde_json::{Value, json};

use super::{in_path, of};

fn event(user: Value) -> Event {
    serde_json::from_value(json!({ "type": "log", "message": "m", "user": user })).expect("a log")
}

#[test]
fn a_user_with_traits_is_taken_and_nothing_more() {
    let user = json!({ "id": "7", "email": "a@b.c", "username": "Ann", "ip_address": "10.0.0.1" });
    let (id, traits) = of(&event(user)).expect("a user");
    assert_eq!((id.as_str(), json!(traits)), ("7", json!({ "name": "Ann", "email": "a@b.c" })));
    let (_, traits) = of(&event(json!({ "id": "7", "email": "a@b.c", "username": "" }))).expect("a user");
    assert_eq!(json!(traits), json!({ "email": "a@b.c" }), "an empty name would remove the one that is there");
}

#[test]
fn a_record_without_traits_is_not_for_logrocket() {
    for user in
        [json!(null), json!({}), json!({ "id": "7" }), json!({ "email": "a@b.c" }), json!({ "id": "", "email": "a" })]
    {
        assert_eq!(of(&event(user.clone())), Err(Verdict::Unsupported), "{user}");
    }
    let long = of(&event(json!({ "id": "7".repeat(2001), "email": "a" })));
    assert!(matches!(long, Err(Verdict::Rejected(why)) if why.contains("2000") && why.contains("2001")));
    assert!(matches!(of(&event(json!({ "id": "..", "email": "a" }))), Err(Verdict::Rejected(_))));
}

#[test]
fn an_id_stays_within_its_part_of_the_path() {
    assert_eq!(in_path("a/../b?c#d e%ä"), "a%2F..%2Fb%3Fc%23d%20e%25%C3%A4");
}
