//! Counts, the most frequent events, breakdowns.

use serde_json::json;

use super::super::super::{
    Case, Fixture, Subject,
    known::{DAY_MS, HOUR_MS, MONDAY_MS},
};

pub(crate) async fn people_are_counted_once_whatever_their_ids<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let sum = |events: u64, people: u64| json!({ "query": "counts", "points": [], "total": { "events": events, "people": people } });
    let counts = |filter| json!({ "query": "counts", "filter": filter });
    fixture.answers(json!({ "query": "counts" }), sum(16, 5)).await?;
    fixture.answers(counts(json!({ "events": [{ "name": "Paid" }] })), sum(4, 4)).await?;
    fixture.answers(counts(json!({ "events": [{ "type": "page" }] })), sum(3, 3)).await?;
    let either = json!({ "events": [{ "name": "Home", "type": "page" }, { "name": "Signed Up" }] });
    fixture.answers(counts(either), sum(6, 4)).await?;
    fixture.answers(counts(json!({ "events": [{ "name": "Home", "type": "screen" }] })), sum(0, 0)).await?;
    // From is in, to is not.
    let paid = MONDAY_MS + DAY_MS + 9 * HOUR_MS;
    fixture.answers(counts(json!({ "from_ms": paid, "to_ms": paid + HOUR_MS })), sum(1, 1)).await
}

pub(crate) async fn conditions_choose_events<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    for (condition, events, people) in [
        (json!({ "is": "equals", "property": "plan", "value": "free" }), 3, 2),
        (json!({ "is": "equals", "property": "plan", "value": "5" }), 0, 0),
        (json!({ "is": "equals", "property": "total", "value": 10 }), 2, 2),
        (json!({ "is": "one_of", "property": "plan", "values": ["pro", 5] }), 4, 2),
        (json!({ "is": "present", "property": "plan" }), 7, 4),
        (json!({ "is": "absent", "property": "plan" }), 9, 5),
        (json!({ "is": "at_least", "property": "total", "value": 10 }), 3, 3),
        (json!({ "is": "more_than", "property": "total", "value": 10 }), 1, 1),
        (json!({ "is": "less_than", "property": "total", "value": 10 }), 1, 1),
        (json!({ "is": "at_most", "property": "total", "value": 10 }), 3, 3),
        (json!({ "is": "equals", "property": "/cart/currency", "value": "EUR" }), 1, 1),
    ] {
        let expected = json!({ "query": "counts", "points": [], "total": { "events": events, "people": people } });
        let all = json!({ "query": "counts", "filter": { "where": [condition] } });
        fixture.answers(all, expected.clone()).await?;
        let each = json!({ "query": "counts", "filter": { "events": [{ "where": [condition] }] } });
        fixture.answers(each, expected).await?;
    }
    Ok(())
}

pub(crate) async fn days_begin_where_the_zone_has_them<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let point = |start_ms: u64, start: &str, events: u64, people: u64| json!({ "start_ms": start_ms, "start": start, "events": events, "people": people });
    // Midnight in Berlin is 22:00 UTC in summer and 23:00 in winter.
    let begin = MONDAY_MS - 2 * HOUR_MS;
    let question = json!({ "query": "counts", "interval": "day", "zone": "Europe/Berlin", "filter": {
        "events": [{ "name": "Signed Up" }], "from_ms": begin, "to_ms": begin + 3 * DAY_MS } });
    let days = [
        point(begin, "2026-10-19T00:00:00+02:00", 1, 1),
        point(begin + DAY_MS, "2026-10-20T00:00:00+02:00", 2, 2),
        point(begin + 2 * DAY_MS, "2026-10-21T00:00:00+02:00", 1, 1),
    ];
    let total = json!({ "events": 4, "people": 4 });
    fixture.answers(question, json!({ "query": "counts", "points": days, "total": total })).await?;
    // A day of 25 hours, and no events on it; the filter begins and ends within days.
    let question = json!({ "query": "counts", "interval": "day", "zone": "Europe/Berlin", "filter": {
        "events": [{ "type": "page" }], "from_ms": begin + 6 * DAY_MS + 1, "to_ms": begin + 7 * DAY_MS + 20 * HOUR_MS } });
    let days = [
        point(begin + 6 * DAY_MS, "2026-10-25T00:00:00+02:00", 0, 0),
        point(begin + 7 * DAY_MS + HOUR_MS, "2026-10-26T00:00:00+01:00", 1, 1),
    ];
    let total = json!({ "events": 1, "people": 1 });
    fixture.answers(question, json!({ "query": "counts", "points": days, "total": total })).await?;
    // Open ends are where the events end; an offset is a zone too.
    let question = json!({ "query": "counts", "interval": "week", "zone": "+02:00", "filter": {
        "events": [{ "name": "Paid" }] } });
    let weeks =
        [point(begin, "2026-10-19T00:00:00+02:00", 3, 3), point(begin + 7 * DAY_MS, "2026-10-26T00:00:00+02:00", 1, 1)];
    let total = json!({ "events": 4, "people": 4 });
    fixture.answers(question, json!({ "query": "counts", "points": weeks, "total": total })).await?;
    let question = json!({ "query": "counts", "interval": "month" });
    let months = [point(MONDAY_MS - 18 * DAY_MS, "2026-10-01T00:00:00+00:00", 16, 5)];
    let total = json!({ "events": 16, "people": 5 });
    fixture.answers(question, json!({ "query": "counts", "points": months, "total": total })).await
}

pub(crate) async fn most_frequent_events_come_first<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let named = |sort: &str, name: &str, events: u64, people: u64| json!({ "type": sort, "name": name, "events": events, "people": people });
    let events = [
        named("track", "Paid", 4, 4),
        named("track", "Signed Up", 4, 4),
        named("page", "Home", 2, 2),
        named("track", "Began", 2, 1),
        named("alias", "", 1, 1),
    ];
    let expected = json!({ "query": "top", "events": events, "names": 8, "total": { "events": 16, "people": 5 } });
    fixture.answers(json!({ "query": "top", "limit": 5 }), expected).await?;
    let none = json!({ "query": "top", "events": [], "names": 0, "total": { "events": 0, "people": 0 } });
    fixture.answers(json!({ "query": "top", "filter": { "from_ms": MONDAY_MS + 30 * DAY_MS } }), none).await
}

pub(crate) async fn events_divide_over_a_propertys_values<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let value = |value: serde_json::Value, events: u64, people: u64| json!({ "value": value, "events": events, "people": people });
    let filter = json!({ "events": [{ "name": "Signed Up" }, { "name": "Paid" }] });
    let total = json!({ "events": 8, "people": 4 });
    let by =
        |limit: u32| json!({ "query": "breakdown", "filter": filter, "by": { "property": "plan", "limit": limit } });
    let values =
        [value(json!("free"), 3, 2), value(json!("pro"), 2, 1), value(json!(null), 2, 2), value(json!(5), 1, 1)];
    fixture.answers(by(4), json!({ "query": "breakdown", "values": values, "total": total })).await?;
    // Who is in two of the other values is one.
    let other = json!({ "events": 3, "people": 2 });
    let first = values.get(..2);
    fixture.answers(by(2), json!({ "query": "breakdown", "values": first, "other": other, "total": total })).await?;
    let question = json!({ "query": "breakdown", "filter": { "events": [{ "name": "Paid" }] },
        "by": { "property": "total" } });
    let values = [value(json!(10), 2, 2), value(json!(25.5), 1, 1), value(json!(3), 1, 1)];
    let total = json!({ "events": 4, "people": 4 });
    fixture.answers(question, json!({ "query": "breakdown", "values": values, "total": total })).await?;
    // An object is no value.
    for (property, found) in [("/cart/currency", json!("EUR")), ("cart", json!(null))] {
        let question = json!({ "query": "breakdown", "filter": { "events": [{ "name": "Pricing" }] },
            "by": { "property": property } });
        let total = json!({ "events": 1, "people": 1 });
        let expected = json!({ "query": "breakdown", "values": [value(found, 1, 1)], "total": total });
        fixture.answers(question, expected).await?;
    }
    Ok(())
}
