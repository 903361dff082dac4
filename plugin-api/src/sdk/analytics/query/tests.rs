//! Questions as they stand on the wire, what is refused, and what conditions mean.

use serde_json::json;

use super::*;
use crate::sdk::ErrorKind;

#[test]
fn every_question_reads_back_as_it_was_written() {
    let by = json!({ "property": "plan", "limit": 5 });
    for question in [
        json!({ "query": "counts", "filter": { "from_ms": 1, "to_ms": 2 }, "interval": "day", "zone": "Europe/Berlin" }),
        json!({ "query": "top", "filter": { "events": [{ "type": "page" }] }, "limit": 3 }),
        json!({ "query": "breakdown", "filter": {}, "by": by }),
        json!({ "query": "funnel", "filter": {}, "steps": [{ "name": "a" }, { "name": "b" }], "window_ms": 9, "by": by }),
        json!({ "query": "retention", "filter": {}, "first": { "name": "a" }, "return": {}, "period": "week" }),
        json!({ "query": "timeline", "user_id": "u", "filter": {}, "limit": 7, "cursor": "c" }),
        json!({ "query": "live", "filter": {}, "limit": 7 }),
        json!({ "query": "export", "filter": { "where": [{ "is": "present", "property": "x" }] }, "limit": 7 }),
        json!({ "query": "delete_user", "user_id": "u" }),
    ] {
        let read = Question::read(question.clone()).unwrap();
        assert_eq!(json!(read), question);
        assert_eq!(Some(read.name()), question["query"].as_str());
        assert!(Question::NAMES.contains(&read.name()));
    }
    let Ok(Question::Export(Export { filter, limit, cursor })) = Question::read(json!({ "query": "export" })) else {
        panic!("an export needs no member");
    };
    assert_eq!((filter, limit, cursor), (Filter::default(), EXPORT_EVENTS, None));
}

#[test]
fn the_schema_has_every_question_by_its_name() {
    let schema = schemars::schema_for!(Question).to_value();
    let variants = schema["oneOf"].as_array().unwrap();
    let names: Vec<_> = variants.iter().map(|each| each["properties"]["query"]["const"].as_str().unwrap()).collect();
    assert_eq!(names, Question::NAMES);
}

#[test]
fn a_member_out_of_bounds_is_named_with_what_would_be_right() {
    let check = |question: Value, expected: &[&str]| {
        let question: Question = serde_json::from_value(question).unwrap();
        let found: Vec<_> = question.check().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    };
    check(
        json!({ "query": "counts", "filter": { "from_ms": 5, "to_ms": 5 } }),
        &["/filter/to_ms must be later than from_ms, 5"],
    );
    check(
        json!({ "query": "counts", "filter": { "to_ms": 253_402_207_200_000_u64 } }),
        &["/filter/to_ms must be unix milliseconds before the year 10000"],
    );
    check(json!({ "query": "top", "limit": 0 }), &["/limit must be from 1 to 1000"]);
    check(
        json!({ "query": "breakdown", "by": { "property": "", "limit": 1_001 } }),
        &["/by/property must not be empty", "/by/limit must be from 1 to 1000"],
    );
    check(
        json!({ "query": "funnel", "steps": [{ "name": "x".repeat(1_025) }], "window_ms": 0 }),
        &[
            "/steps has 1 entries; 2 to 16 are taken",
            "/steps/0/name has 1025 bytes; at most 1024 are taken",
            "/window_ms must be from 1 to 31622400000 (366 days)",
        ],
    );
    let one_of = json!({ "is": "one_of", "property": "p", "values": [] });
    check(
        json!({ "query": "retention", "first": { "where": [one_of] }, "return": {}, "period": "day" }),
        &["/first/where/0/values has 0 entries; 1 to 100 are taken"],
    );
    let many = vec![json!({ "is": "present", "property": "p" }); 17];
    check(
        json!({ "query": "live", "limit": 10_001, "filter": { "where": many } }),
        &["/filter/where has 17 entries; at most 16 are taken", "/limit must be from 1 to 10000"],
    );
    check(json!({ "query": "delete_user", "user_id": "" }), &["/user_id must not be empty"]);
}

#[test]
fn a_provider_refuses_what_it_does_not_know_and_what_makes_no_sense() {
    let refused = |question: Value| {
        let error = Question::read(question).unwrap_err();
        (error.kind, error.message)
    };
    let (kind, message) = refused(json!({ "query": "paths" }));
    assert_eq!(kind, ErrorKind::Unsupported);
    assert!(message.starts_with("this provider can't answer `paths`; it answers counts, top,"), "{message}");
    let (kind, message) = refused(json!({ "query": "counts", "intervall": "day" }));
    assert_eq!(kind, ErrorKind::Invalid);
    assert!(message.contains("unknown field `intervall`"), "{message}");
    assert_eq!(
        refused(json!({ "query": "top", "limit": 0 })),
        (ErrorKind::Invalid, "/limit must be from 1 to 1000".into())
    );
}

#[test]
fn conditions_compare_by_value_and_by_type() {
    let properties = json!({ "text": "1", "one": 1.0, "two": 2, "large": 9_007_199_254_740_993_u64, "yes": true,
        "null": null, "cart": { "currency": "EUR", "a/b": { "~": 1 } }, "": { "": "empty" } });
    let properties = properties.as_object().unwrap();
    let check = |condition: Value, expected: bool| {
        let condition: Condition = serde_json::from_value(condition.clone()).unwrap();
        let found = property(properties, condition.property());
        assert_eq!(condition.holds(found), expected, "{condition:?} of {found:?}");
    };
    let equals = |name: &str, value: Value| json!({ "is": "equals", "property": name, "value": value });
    check(equals("text", json!("1")), true);
    check(equals("text", json!(1)), false);
    check(equals("one", json!(1)), true);
    check(equals("two", json!(2.0)), true);
    check(equals("large", json!(9_007_199_254_740_993_u64)), true);
    check(equals("large", json!(9_007_199_254_740_992_u64)), false);
    check(equals("yes", json!(true)), true);
    check(equals("yes", json!(1)), false);
    check(equals("missing", json!("1")), false);
    check(equals("/cart/currency", json!("EUR")), true);
    check(equals("/cart/a~1b/~0", json!(1)), true);
    check(equals("/cart/currency/x", json!("EUR")), false);
    check(equals("//", json!("empty")), true);
    check(json!({ "is": "one_of", "property": "two", "values": ["2", 2] }), true);
    check(json!({ "is": "one_of", "property": "two", "values": ["2", false] }), false);
    for (name, present) in [("text", true), ("null", false), ("missing", false), ("cart", true)] {
        check(json!({ "is": "present", "property": name }), present);
        check(json!({ "is": "absent", "property": name }), !present);
    }
    for (is, holds) in [("less_than", [false, true]), ("at_most", [true, true]), ("more_than", [false, false])] {
        check(json!({ "is": is, "property": "two", "value": 2 }), holds[0]);
        check(json!({ "is": is, "property": "two", "value": 2.5 }), holds[1]);
    }
    check(json!({ "is": "at_least", "property": "two", "value": 2 }), true);
    check(json!({ "is": "at_least", "property": "text", "value": 0 }), false);
}

#[test]
fn a_whole_number_is_one_value_however_it_was_written() {
    let scalar = |value: Value| Scalar::of(&value).map(|scalar| json!(scalar).to_string());
    assert_eq!(scalar(json!(5.0)).as_deref(), Some("5"));
    assert_eq!(scalar(json!(-0.0)).as_deref(), Some("0"));
    assert_eq!(scalar(json!(2.5)).as_deref(), Some("2.5"));
    assert_eq!(scalar(json!(u64::MAX)).as_deref(), Some("18446744073709551615"));
    assert_eq!(scalar(json!(1e300)).as_deref(), Some("1e+300"));
    assert_eq!(scalar(json!("5")).as_deref(), Some("\"5\""));
    assert_eq!((scalar(json!(null)), scalar(json!([1])), scalar(json!({}))), (None, None, None));
}

#[test]
fn a_filter_is_a_half_open_time_and_any_selector_and_all_conditions() {
    let filter: Filter = serde_json::from_value(json!({ "from_ms": 10, "to_ms": 20,
        "events": [{ "name": "Paid" }, { "type": "page", "where": [{ "is": "present", "property": "x" }] }],
        "where": [{ "is": "absent", "property": "test" }] }))
    .unwrap();
    assert_eq!([9, 10, 19, 20].map(|ms| filter.has_time(ms)), [false, true, true, false]);
    assert!(filter.needs_properties());
    let takes = |sort, name: &str, properties: Value| filter.takes(sort, name, properties.as_object().unwrap());
    assert!(takes(EventType::Track, "Paid", json!({})));
    assert!(takes(EventType::Page, "Home", json!({ "x": 1 })));
    assert!(!takes(EventType::Page, "Home", json!({})));
    assert!(!takes(EventType::Track, "Paid", json!({ "test": true })));
    assert!(!takes(EventType::Track, "Seen", json!({ "x": 1 })));
    assert!(Filter::default().has_time(0) && Filter::default().takes(EventType::Alias, "", &Default::default()));
}
