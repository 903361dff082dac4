//! The events themselves: timelines, the feed, exports; and removing a person.

use serde_json::{Value, json};

use super::super::super::{Case, Fixture, RawRecord, Stop, Subject, ensure, known, sample};
use crate::sdk::{Call, analytics::sort};

/// Ids of an answer's events.
fn ids(answer: &Value) -> Vec<String> {
    let events = answer.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
    events.iter().filter_map(|event| Some(event.get("id")?.as_str()?.to_owned())).collect()
}

impl<S: Subject> Fixture<S> {
    /// Asks page after page and returns the ids of all.
    async fn pages(&self, question: &Value, pages_max: usize) -> Result<Vec<String>, Stop> {
        let (mut all, mut question) = (Vec::new(), question.clone());
        for _ in 0..pages_max {
            let answer = self.ask(question.clone()).await?;
            all.extend(ids(&answer));
            match answer.get("cursor") {
                None | Some(Value::Null) => return Ok(all),
                Some(cursor) => drop(question.as_object_mut().map(|q| q.insert("cursor".into(), cursor.clone()))),
            }
        }
        Err(Stop::Failed(format!("{question} has no end after {pages_max} pages")))
    }

    /// Delivers the known events and returns their ids in the order of delivery.
    async fn delivered(&self) -> Result<Vec<String>, Stop> {
        self.knows().await?;
        // Which ids they got only the provider tells, because every delivery of them has new ones.
        self.pages(&json!({ "query": "export", "limit": 10_000 }), 3).await
    }
}

pub(crate) async fn a_timeline_has_all_of_a_persons_ids<S: Subject>(fixture: &Fixture<S>) -> Case {
    let all = fixture.delivered().await?;
    let of = |places: &[usize]| places.iter().filter_map(|at| all.get(*at).cloned()).collect::<Vec<_>>();
    for (user, places) in [("cat", [10, 5, 7, 6]), ("cat-old", [10, 5, 7, 6]), ("anon-a", [3, 2, 1, 0])] {
        for limit in [1, 3, 4, 100] {
            let question = json!({ "query": "timeline", "user_id": user, "limit": limit });
            let found = fixture.pages(&question, 6).await?;
            ensure(found == of(&places), || format!("{user} by {limit}: {found:?}, not {:?}", of(&places)))?;
        }
    }
    let paid = json!({ "query": "timeline", "user_id": "cat", "filter": { "events": [{ "name": "Paid" }] } });
    let found = fixture.pages(&paid, 2).await?;
    ensure(found == of(&[5]), || format!("cat paid once: {found:?}"))?;
    let nobody = json!({ "query": "timeline", "user_id": "nobody" });
    fixture.answers(nobody, json!({ "query": "timeline", "events": [], "cursor": null })).await
}

pub(crate) async fn an_event_comes_back_whole<S: Subject>(fixture: &Fixture<S>) -> Case {
    let all = fixture.delivered().await?;
    let answer = fixture.ask(json!({ "query": "timeline", "user_id": "cat", "limit": 1 })).await?;
    let received = known::records().first().map(|record| record.received_at_ms);
    let expected = json!({ "id": all.get(10), "type": "page", "name": "Pricing", "user_id": "cat",
        "session_id": "visit", "timestamp_ms": known::at(9, 12 * 60), "received_at_ms": received,
        "properties": { "path": "/pricing", "cart": { "currency": "EUR" } }, "context": { "locale": "de" } });
    let found = answer.pointer("/events/0");
    ensure(found == Some(&expected), || format!("{found:?}, not {expected}"))
}

pub(crate) async fn a_feed_goes_on_where_it_was<S: Subject>(fixture: &Fixture<S>) -> Case {
    let all = fixture.delivered().await?;
    let live = |cursor: &Value| json!({ "query": "live", "limit": 2, "cursor": cursor });
    let first = fixture.ask(live(&Value::Null)).await?;
    let latest = all.get(all.len().saturating_sub(2)..);
    ensure(Some(ids(&first).as_slice()) == latest, || format!("the latest two: {:?}", ids(&first)))?;
    let cursor = |answer: &Value| answer.get("cursor").cloned().unwrap_or_default();
    let quiet = fixture.ask(live(&cursor(&first))).await?;
    ensure(ids(&quiet).is_empty(), || format!("nothing is new: {quiet}"))?;
    let fresh: Vec<RawRecord> = (0..3).map(|n| sample::any(&fixture.subject.promise(), &n.to_string())).collect();
    let expected: Vec<_> = fresh.iter().map(|record| record.id.to_string()).collect();
    fixture.taken(fresh).await?;
    fixture.subject.flush(Call::unbounded()).await?;
    let (next, mut found) = (fixture.ask(live(&cursor(&quiet))).await?, Vec::new());
    found.extend(ids(&next));
    let last = fixture.ask(live(&cursor(&next))).await?;
    found.extend(ids(&last));
    ensure(found == expected, || format!("three were new: {found:?}, not {expected:?}"))
}

pub(crate) async fn an_export_has_every_event_once<S: Subject>(fixture: &Fixture<S>) -> Case {
    let all = fixture.delivered().await?;
    ensure(all.len() == 16, || format!("{} of 16 events", all.len()))?;
    for limit in [1, 5, 16] {
        let found = fixture.pages(&json!({ "query": "export", "limit": limit }), 18).await?;
        ensure(found == all, || format!("by {limit}: {found:?}, not {all:?}"))?;
    }
    let filter = json!({ "from_ms": known::at(2, 0), "to_ms": known::at(8, 0), "events": [{ "type": "track" }] });
    let found = fixture.pages(&json!({ "query": "export", "limit": 2, "filter": filter }), 18).await?;
    let expected: Vec<_> = [5, 6, 15].iter().filter_map(|at| all.get(*at).cloned()).collect();
    ensure(found == expected, || format!("with a filter: {found:?}, not {expected:?}"))
}

pub(crate) async fn a_removed_person_leaves_nothing<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let delete = |user: &str| json!({ "query": "delete_user", "user_id": user });
    let deleted = |events: u64, ids: u64| json!({ "query": "delete_user", "events": events, "ids": ids });
    fixture.answers(delete("nobody"), deleted(0, 0)).await?;
    // By the anonymous id: the known one, and what it did, go too.
    fixture.answers(delete("anon-a"), deleted(4, 2)).await?;
    fixture.answers(delete("ann"), deleted(0, 0)).await?;
    let total = |events: u64, people: u64| json!({ "query": "counts", "points": [], "total": { "events": events, "people": people } });
    fixture.answers(json!({ "query": "counts" }), total(12, 4)).await?;
    // The ids are free again, and no longer joined.
    let body = json!({ "type": "track", "event": "Back", "user_id": "anon-a" });
    fixture.taken(vec![sample::record(sort::TRACK, &body)]).await?;
    fixture.subject.flush(Call::unbounded()).await?;
    let nothing = json!({ "query": "timeline", "events": [], "cursor": null });
    fixture.answers(json!({ "query": "timeline", "user_id": "ann" }), nothing).await?;
    fixture.answers(json!({ "query": "counts" }), total(13, 5)).await?;
    fixture.answers(delete("cat"), deleted(4, 2)).await
}
