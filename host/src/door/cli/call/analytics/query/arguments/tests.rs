//! Events and conditions as they are written on a command line.

use super::*;

#[test]
fn an_event_is_a_name_with_or_without_its_type() {
    let selector = |text: &str| text.parse::<EventArgument>().unwrap().selector();
    assert_eq!(selector("Paid"), json!({ "name": "Paid" }));
    assert_eq!(selector("page:Home"), json!({ "type": "page", "name": "Home" }));
    assert_eq!(selector("identify:"), json!({ "type": "identify" }));
    assert_eq!(selector("Order: sent"), json!({ "name": "Order: sent" }));
    assert_eq!(selector("track:a:b"), json!({ "type": "track", "name": "a:b" }));
}

#[test]
fn a_condition_is_what_its_sign_says() {
    let check = |text: &str, expected: Value| assert_eq!(condition(text), Some(expected), "{text}");
    check("plan=pro", json!({ "is": "equals", "property": "plan", "value": "pro" }));
    check("seats=3", json!({ "is": "equals", "property": "seats", "value": 3 }));
    check("seats=\"3\"", json!({ "is": "equals", "property": "seats", "value": "3" }));
    check("formula=a=b", json!({ "is": "equals", "property": "formula", "value": "a=b" }));
    check("empty=", json!({ "is": "equals", "property": "empty", "value": "" }));
    check("plan=[\"a\",2]", json!({ "is": "one_of", "property": "plan", "values": ["a", 2] }));
    check("odd={}", json!({ "is": "equals", "property": "odd", "value": "{}" }));
    check("/cart/total>=5", json!({ "is": "at_least", "property": "/cart/total", "value": 5 }));
    check("total<=-2.5", json!({ "is": "at_most", "property": "total", "value": -2.5 }));
    check("total>5", json!({ "is": "more_than", "property": "total", "value": 5 }));
    check("total<5", json!({ "is": "less_than", "property": "total", "value": 5 }));
    check("plan", json!({ "is": "present", "property": "plan" }));
    check("!plan", json!({ "is": "absent", "property": "plan" }));
    for bad in ["", "!", "=pro", ">5", "total>much", "total><5"] {
        assert_eq!(condition(bad), None, "{bad}");
    }
}

#[test]
fn an_id_is_one_step_of_a_path() {
    assert_eq!(encode("a/b c+ä~"), "a%2Fb%20c%2B%C3%A4~");
}
