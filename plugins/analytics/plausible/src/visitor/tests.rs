//! Checks the headers by which visitors are told apart.

use outrigger_plugin_api::sdk::http::Request;
use serde_json::{Value, json};

use super::headers;

fn check(context: Value, agent: &str, ip: Option<&str>) {
    let Value::Object(context) = context else { panic!("an object") };
    let request = headers(Request::post("https://plausible.io"), &context, "Outrigger/1");
    assert_eq!(request.header_value("user-agent"), Some(agent), "{context:?}");
    assert_eq!(request.header_value("x-forwarded-for"), ip, "{context:?}");
}

#[test]
fn both_come_from_the_context() {
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    check(json!({ "userAgent": firefox, "ip": "203.0.113.9" }), firefox, Some("203.0.113.9"));
    check(json!({ "user_agent": firefox, "ip": " 2001:db8::1 " }), firefox, Some("2001:db8::1"));
}

#[test]
fn what_is_none_is_left_out() {
    check(json!({}), "Outrigger/1", None);
    check(json!({ "userAgent": " ", "ip": "10.0.0.1, 10.0.0.2" }), "Outrigger/1", None);
    check(json!({ "userAgent": 7, "ip": "localhost" }), "Outrigger/1", None);
}

#[test]
fn a_header_carries_no_line_break_and_no_novel() {
    check(json!({ "userAgent": "a\r\nx-evil: 1 ä" }), "a??x-evil: 1 ?", None);
    check(json!({ "userAgent": "a".repeat(5_000) }), &"a".repeat(2_048), None);
}
