//! The tables, whole.

use serde_json::json;

use super::*;

#[test]
fn counts_have_a_line_for_each_interval_and_the_sum() {
    let point = |start: &str, events: u64| json!({ "start": start, "start_ms": 0, "events": events, "people": 2 });
    let points = [point("2026-11-01T00:00:00+01:00", 9), point("2026-11-02T00:00:00+01:00", 12)];
    let answer = json!({ "query": "counts", "points": points, "total": { "events": 21, "people": 3 } });
    let shown = "DAY         EVENTS  PEOPLE\n2026-11-01       9       2\n2026-11-02      12       2\ntotal           21       3";
    assert_eq!(counts(&json!({ "interval": "day" }), &answer), shown);
    let hours = counts(&json!({ "interval": "hour" }), &answer);
    assert!(hours.contains("\n2026-11-01T00:00:00+01:00       9       2\n"), "{hours}");
    assert_eq!(counts(&json!({ "interval": null }), &answer), "EVENTS  PEOPLE\n    21       3");
}

#[test]
fn a_funnel_says_what_part_went_on() {
    let question = json!({ "steps": [{ "name": "Signed Up" }, { "type": "page", "name": "Home" }, {}],
        "by": { "property": "plan" } });
    let values = [json!({ "value": "pro", "people": [150, 40, 0] }), json!({ "value": null, "people": [40, 10, 0] })];
    let answer = json!({ "people": [200, 50, 0], "values": values, "other": [10, 0, 0] });
    let expected = "\
STEP  EVENT      PEOPLE  OF FIRST  OF PREVIOUS
   1  Signed Up     200    100.0%       100.0%
   2  page:Home      50     25.0%        25.0%
   3  any             0      0.0%         0.0%

PLAN   Signed Up  page:Home  any
pro          150         40    0
-             40         10    0
other         10          0    0";
    assert_eq!(funnel(&question, &answer), expected);
    let nobody = funnel(&json!({ "steps": [{}, {}] }), &json!({ "people": [0, 0] }));
    assert_eq!(nobody, "STEP  EVENT  PEOPLE  OF FIRST  OF PREVIOUS\n   1  any         0\n   2  any         0");
}

#[test]
fn retention_is_a_triangle_of_percentages() {
    let cohort = |start: &str, people: u64, returned: &[u64]| json!({ "start": start, "start_ms": 0, "people": people, "returned": returned });
    let cohorts = [cohort("2026-10-19T00:00:00+00:00", 4, &[2, 1]), cohort("2026-10-26T00:00:00+00:00", 0, &[0])];
    let shown = retention(&json!({ "period": "week" }), &json!({ "cohorts": cohorts }));
    assert_eq!(shown, "BEGAN       PEOPLE  WEEK 0  WEEK 1\n2026-10-19       4   50.0%   25.0%\n2026-10-26       0");
}

#[test]
fn what_came_from_outside_moves_no_cursor() {
    let event = json!({ "type": "track", "name": "a\u{1b}[2Jb\n", "events": 1, "people": 1 });
    let answer = json!({ "events": [event], "names": 1, "total": { "events": 1, "people": 1 } });
    let shown = top(&json!({}), &answer);
    assert!(shown.contains("track  a\\u{1b}[2Jb\\n"), "{shown}");
    let value = json!({ "value": "\u{7}", "events": 1, "people": 1 });
    let shown = breakdown(&json!({ "by": { "property": "p" } }), &json!({ "values": [value], "total": {} }));
    assert!(shown.contains("\\u{7}"), "{shown}");
}

#[test]
fn a_timeline_says_how_to_go_on() {
    let event = json!({ "timestamp_ms": 0, "type": "track", "name": "Paid", "properties": { "total": 5 } });
    let shown = timeline(&json!({ "limit": 1 }), &json!({ "events": [event], "cursor": "t0.1" }));
    let expected = "TIME                  TYPE   NAME  PROPERTIES\n1970-01-01T00:00:00Z  track  Paid  {\"total\":5}\n\nmore with --cursor t0.1";
    assert_eq!(shown, expected);
    assert_eq!(timeline(&json!({ "limit": 1 }), &json!({ "events": [], "cursor": null })), "no events");
}

#[test]
fn a_removal_names_who_was_not_asked() {
    let answer = json!({ "providers": [{ "provider": "internal", "events": 4, "ids": 2 }], "not_asked": ["posthog"] });
    let expected = "PROVIDER  EVENTS  IDS\ninternal       4    2\n\nnot removed from: posthog";
    assert_eq!(removed(&answer), expected);
}
