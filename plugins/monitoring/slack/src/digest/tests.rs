//! Tests of what is one kind, and of what was shown.

use std::time::{Duration, Instant};

use outrigger_plugin_api::sdk::monitoring::Event;
use serde_json::{Value, json};

use super::{Shown, groups};

fn event(json: Value) -> Event {
    serde_json::from_value(json).expect("an event")
}

fn error(name: &str, value: &str) -> Event {
    event(json!({ "type": "error", "exceptions": [{ "type": name, "value": value }] }))
}

fn counts(events: &[Event]) -> Vec<usize> {
    groups(events.iter().map(|event| (event, 0))).iter().map(|group| group.count).collect()
}

#[test]
fn like_records_are_one_kind() {
    assert_eq!(counts(&[error("E", "user 17 of 5"), error("E", "user 4 of 512")]), [2]);
    assert_eq!(counts(&[error("E", "a"), error("F", "a"), error("E", "b")]), [1, 1, 1]);
    let framed = |value: &str| {
        let frames = json!([{ "function": "lib" }, { "function": "charge", "in_app": true }]);
        event(json!({ "type": "error", "exceptions": [{ "type": "E", "value": value, "frames": frames }] }))
    };
    assert_eq!(counts(&[framed("anything"), framed("else")]), [2], "the same place throws the same error");
    let named = |value: &str, name: &str| {
        event(json!({ "type": "error", "exceptions": [{ "type": "E", "value": value }], "fingerprint": [name] }))
    };
    assert_eq!(counts(&[named("a", "x"), named("b", "x"), named("a", "y")]), [2, 1]);
    let log = |text: &str| event(json!({ "type": "log", "message": text }));
    assert_eq!(counts(&[log("took 5 ms"), log("took 17 ms"), log("took none")]), [2, 1]);
}

#[test]
fn the_worst_comes_first_and_times_span_the_group() {
    let log = |severity: &str, at: u64| {
        event(json!({ "type": "log", "message": severity, "severity": severity, "timestamp_ms": at }))
    };
    let events = [log("warning", 5), log("fatal", 9), log("warning", 3), log("error", 1)];
    let groups = groups(events.iter().map(|event| (event, 0)));
    let spans: Vec<_> = groups.iter().map(|group| (group.first_ms, group.last_ms, group.count)).collect();
    assert_eq!(spans, [(9, 9, 1), (1, 1, 1), (3, 5, 2)]);
}

#[test]
fn what_was_shown_is_known_for_a_while() {
    let (shown, start) = (Shown::new(Duration::from_secs(60)), Instant::now());
    let (one, other) = (error("E", "a"), error("F", "a"));
    let known = |seconds| {
        let mut groups = groups([(&one, 0), (&other, 0)].into_iter());
        shown.mark(&mut groups, start + Duration::from_secs(seconds));
        groups.iter().map(|group| group.known).collect::<Vec<_>>()
    };
    assert_eq!(known(0), [false, false]);
    shown.remember(vec!["e E a".to_owned()], start);
    assert_eq!(known(59), [true, false]);
    assert_eq!(known(60), [false, false]);
    shown.remember((0..1000).map(|n| n.to_string()).collect(), start);
    assert_eq!(known(1), [false, false], "too many to remember");
}
