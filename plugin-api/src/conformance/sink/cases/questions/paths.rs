//! Funnels and retention.

use serde_json::{Value, json};

use super::super::super::{
    Case, Fixture, Subject,
    known::{DAY_MS, HOUR_MS, MONDAY_MS, at},
};

fn funnel(steps: &[&str], window_ms: u64) -> Value {
    let steps: Vec<_> = steps.iter().map(|name| json!({ "name": name })).collect();
    json!({ "query": "funnel", "steps": steps, "window_ms": window_ms })
}

pub(crate) async fn a_funnel_finds_every_way_through<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let people = |people: &[u64]| json!({ "query": "funnel", "people": people });
    // What ben takes from signing up to paying: the window's last millisecond is in.
    let bens = 8 * DAY_MS + HOUR_MS;
    fixture.answers(funnel(&["Signed Up", "Paid"], bens - 1), people(&[4, 3])).await?;
    fixture.answers(funnel(&["Signed Up", "Paid"], bens), people(&[4, 4])).await?;
    // Over ids: ann saw the page before she had hers.
    fixture.answers(funnel(&["Home", "Signed Up", "Paid"], 7 * DAY_MS), people(&[2, 1, 1])).await?;
    // The first start is too early, the second is not.
    fixture.answers(funnel(&["Began", "Ended"], 7 * DAY_MS), people(&[1, 1])).await?;
    // One event is one step; two of a name are two.
    fixture.answers(funnel(&["Paid", "Paid"], 300 * DAY_MS), people(&[4, 0])).await?;
    fixture.answers(funnel(&["Began", "Began"], 7 * DAY_MS), people(&[1, 1])).await?;
    let mut filtered = funnel(&["Signed Up", "Paid"], 7 * DAY_MS);
    if let Some(question) = filtered.as_object_mut() {
        question.insert("filter".into(), json!({ "to_ms": at(2, 0) }));
    }
    fixture.answers(filtered, people(&[3, 2])).await?;
    let pro = json!({ "is": "equals", "property": "plan", "value": "pro" });
    let steps = json!([{ "name": "Signed Up", "where": [pro] }, { "type": "track", "name": "Paid" }]);
    let conditional = json!({ "query": "funnel", "steps": steps, "window_ms": 7 * DAY_MS });
    fixture.answers(conditional, people(&[1, 1])).await
}

pub(crate) async fn a_funnel_divides_over_the_first_steps_value<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let by = |limit: u32| {
        let steps = json!([{ "name": "Signed Up" }, { "name": "Paid" }]);
        json!({ "query": "funnel", "steps": steps, "window_ms": 7 * DAY_MS,
            "by": { "property": "plan", "limit": limit } })
    };
    let values = [
        json!({ "value": "free", "people": [2, 1] }),
        json!({ "value": "pro", "people": [1, 1] }),
        json!({ "value": null, "people": [1, 1] }),
    ];
    let expected = json!({ "query": "funnel", "people": [4, 3], "values": values });
    fixture.answers(by(10), expected).await?;
    let first = values.get(..1);
    let expected = json!({ "query": "funnel", "people": [4, 3], "values": first, "other": [2, 2] });
    fixture.answers(by(1), expected).await
}

pub(crate) async fn retention_follows_cohorts<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let cohort = |day: u64, start: &str, people: u64, returned: &[u64]| json!({ "start_ms": MONDAY_MS + day * DAY_MS, "start": start, "people": people, "returned": returned });
    let weeks = json!({ "query": "retention", "first": { "name": "Signed Up" }, "return": { "name": "Paid" },
        "period": "week", "filter": { "from_ms": MONDAY_MS, "to_ms": MONDAY_MS + 14 * DAY_MS } });
    // Dan paid at the very moment of signing up, which is not coming back.
    let cohorts = [cohort(0, "2026-10-19T00:00:00+00:00", 4, &[2, 1]), cohort(7, "2026-10-26T00:00:00+00:00", 0, &[0])];
    fixture.answers(weeks, json!({ "query": "retention", "cohorts": cohorts })).await?;
    let days = json!({ "query": "retention", "first": { "name": "Signed Up" }, "return": {}, "period": "day",
        "filter": { "from_ms": MONDAY_MS, "to_ms": MONDAY_MS + 3 * DAY_MS } });
    let cohorts = [
        cohort(0, "2026-10-19T00:00:00+00:00", 2, &[1, 1, 0]),
        cohort(1, "2026-10-20T00:00:00+00:00", 1, &[0, 0]),
        cohort(2, "2026-10-21T00:00:00+00:00", 1, &[1]),
    ];
    fixture.answers(days, json!({ "query": "retention", "cohorts": cohorts })).await
}
