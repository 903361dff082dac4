//! A hundred thousand generated events: the answers are what going through all of them in memory gives; a question has its
//! time and holds up no delivery.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use analytics_internal::Internal;
use outrigger_plugin_api::sdk::{
    Call, ErrorKind,
    sink::{SinkProvider, Verdict},
};
use serde_json::{Value, json};

use crate::{ask, folder, record, settings, start, track};

/// 2026-08-31, a Monday.
const BEGIN_MS: u64 = 1_788_134_400_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
const NAMES: [&str; 5] = ["Seen", "Added", "Ordered", "Paid", "Left"];

/// One generated event. Every fourth person is someone else before they are known.
#[derive(Clone, Copy)]
struct Made {
    person: u64,
    anonymous: bool,
    name: usize,
    ms: u64,
    plan: u64,
}

impl Made {
    fn body(&self) -> Value {
        let user = if self.anonymous { format!("anon-{}", self.person) } else { format!("user-{}", self.person) };
        json!({ "type": "track", "event": NAMES[self.name], "user_id": user, "timestamp_ms": self.ms,
            "properties": { "plan": format!("plan-{}", self.plan), "total": self.plan * 10 } })
    }
}

/// Numbers that look random and are the same each time (splitmix64).
fn scramble(seed: u64) -> u64 {
    let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

fn made() -> Vec<Made> {
    let make = |number: u64| {
        let draw = |of: u64, salt: u64| scramble(number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt)) % of;
        let person = draw(5_000, 1);
        let ms = BEGIN_MS + draw(56 * DAY_MS, 3);
        let anonymous = person % 4 == 0 && ms < BEGIN_MS + 14 * DAY_MS;
        // Lower names are more frequent, as steps of a funnel are.
        let name = draw(5, 2).min(draw(5, 5)) as usize;
        Made { person, anonymous, name, ms, plan: draw(12, 4).min(draw(12, 6)) }
    };
    (0..100_000).map(make).collect()
}

async fn filled() -> (tempfile::TempDir, Internal, Vec<Made>) {
    let (folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let made = made();
    let mut bodies: Vec<_> = made.iter().map(Made::body).collect();
    bodies.extend((0..5_000).step_by(4).map(|person| {
        json!({ "type": "identify", "user_id": format!("user-{person}"), "anonymous_id": format!("anon-{person}"),
            "timestamp_ms": BEGIN_MS + 14 * DAY_MS })
    }));
    for batch in bodies.chunks(5_000) {
        let batch = batch.iter().cloned().map(record).collect();
        let verdicts = provider.deliver(Call::unbounded(), batch).await.unwrap();
        assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Delivered));
    }
    (folder, provider, made)
}

fn sum<'m>(events: impl Iterator<Item = &'m Made>) -> Value {
    let (mut count, mut people) = (0, HashSet::new());
    for event in events {
        count += 1;
        people.insert(event.person);
    }
    json!({ "events": count, "people": people.len() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_about_a_hundred_thousand_events_are_what_brute_force_finds() {
    let (_folder, provider, made) = filled().await;
    counts(&provider, &made).await;
    top_and_breakdown(&provider, &made).await;
    // By the whole index, and by names and time.
    funnel(&provider, &made, 0, 56).await;
    funnel(&provider, &made, 20, 40).await;
    retention(&provider, &made).await;
    let exported = export(&provider).await;
    assert_eq!(exported, 101_250);
    let of_40 = made.iter().filter(|event| event.person == 40).count();
    let deleted = ask(&provider, json!({ "query": "delete_user", "user_id": "anon-40" })).await;
    assert_eq!(deleted, json!({ "query": "delete_user", "events": of_40 + 1, "ids": 2 }));
    assert_eq!(export(&provider).await, exported - of_40 - 1);
}

async fn counts(provider: &Internal, made: &[Made]) {
    for name in [None, Some(0), Some(3)] {
        let of = |event: &&Made| name.is_none_or(|name| event.name == name);
        let events = name.map_or(json!([{ "type": "track" }]), |name| json!([{ "name": NAMES[name] }]));
        let filter = json!({ "from_ms": BEGIN_MS, "to_ms": BEGIN_MS + 56 * DAY_MS, "events": events });
        let question = json!({ "query": "counts", "interval": "day", "zone": "+00:00", "filter": filter });
        let answer = ask(provider, question).await;
        assert_eq!(answer["total"], sum(made.iter().filter(of)));
        let points = answer["points"].as_array().unwrap();
        assert_eq!(points.len(), 56);
        for (day, point) in (0..).zip(points) {
            let start = BEGIN_MS + day * DAY_MS;
            let expected = sum(made.iter().filter(of).filter(|event| (start..start + DAY_MS).contains(&event.ms)));
            assert_eq!(json!({ "events": point["events"], "people": point["people"] }), expected, "{name:?} {day}");
        }
    }
    let large = json!([{ "is": "more_than", "property": "total", "value": 70 }]);
    let answer = ask(provider, json!({ "query": "counts", "filter": { "where": large } })).await;
    assert_eq!(answer["total"], sum(made.iter().filter(|event| event.plan > 7)));
}

async fn top_and_breakdown(provider: &Internal, made: &[Made]) {
    let answer = ask(provider, json!({ "query": "top", "filter": { "events": [{ "type": "track" }] } })).await;
    for (found, name) in answer["events"].as_array().unwrap().iter().zip(0..) {
        let expected = sum(made.iter().filter(|event| event.name == name));
        assert_eq!(json!({ "events": found["events"], "people": found["people"] }), expected);
        assert_eq!(found["name"], NAMES[name]);
    }
    let filter = json!({ "events": [{ "name": "Paid" }] });
    let by = json!({ "property": "plan", "limit": 3 });
    let answer = ask(provider, json!({ "query": "breakdown", "filter": filter, "by": by })).await;
    let paid = || made.iter().filter(|event| event.name == 3);
    let mut plans: BTreeMap<u64, u64> = BTreeMap::new();
    paid().for_each(|event| *plans.entry(event.plan).or_default() += 1);
    let mut ranked: Vec<_> = plans.into_iter().collect();
    ranked.sort_by_key(|(plan, count)| (std::cmp::Reverse(*count), json!(format!("plan-{plan}")).to_string()));
    let values = answer["values"].as_array().unwrap();
    assert_eq!(values.len(), 3);
    for (value, (plan, _)) in values.iter().zip(&ranked) {
        assert_eq!(value["value"], format!("plan-{plan}"));
        let expected = sum(paid().filter(|event| event.plan == *plan));
        assert_eq!(json!({ "events": value["events"], "people": value["people"] }), expected);
    }
    let first: Vec<_> = ranked[..3].iter().map(|(plan, _)| *plan).collect();
    assert_eq!(answer["other"], sum(paid().filter(|event| !first.contains(&event.plan))));
    assert_eq!(answer["total"], sum(paid()));
}

fn by_person<'m>(made: impl Iterator<Item = &'m Made>) -> HashMap<u64, Vec<Made>> {
    let mut people: HashMap<u64, Vec<Made>> = HashMap::new();
    made.for_each(|event| people.entry(event.person).or_default().push(*event));
    people.values_mut().for_each(|events| events.sort_by_key(|event| (event.ms, event.name)));
    people
}

/// Tells how many of the steps 0, 1, 2 … can be found one after the other from some start, by trying each.
fn furthest(events: &[Made], steps: usize, window_ms: u64) -> usize {
    let from = |at: usize| {
        let (mut reached, end) = (1, events[at].ms + window_ms);
        for event in &events[at + 1..] {
            reached += usize::from(reached < steps && event.name == reached && event.ms <= end);
        }
        reached
    };
    (0..events.len()).filter(|at| events[*at].name == 0).map(from).max().unwrap_or(0)
}

async fn funnel(provider: &Internal, made: &[Made], from_day: u64, to_day: u64) {
    let (from_ms, to_ms, window_ms) = (BEGIN_MS + from_day * DAY_MS, BEGIN_MS + to_day * DAY_MS, 10 * DAY_MS);
    let mut people = [0_u64; 4];
    for events in by_person(made.iter().filter(|event| (from_ms..to_ms).contains(&event.ms))).values() {
        people[..furthest(events, 4, window_ms)].iter_mut().for_each(|count| *count += 1);
    }
    assert!(people[3] > 20, "the data have to reach the end: {people:?}");
    let steps: Vec<_> = NAMES[..4].iter().map(|name| json!({ "name": name })).collect();
    let filter = if to_day == 56 { json!({}) } else { json!({ "from_ms": from_ms, "to_ms": to_ms }) };
    let question = json!({ "query": "funnel", "steps": steps, "window_ms": window_ms, "filter": filter,
        "by": { "property": "plan", "limit": 2 } });
    let answer = ask(provider, question).await;
    assert_eq!(answer["people"], json!(people));
    let column = |step: usize| {
        let values = answer["values"].as_array().unwrap().iter().map(|value| &value["people"]);
        values.chain([&answer["other"]]).map(|people| people[step].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!([column(0), column(1), column(2), column(3)], people, "everybody is under one value");
}

async fn retention(provider: &Internal, made: &[Made]) {
    let week = |ms: u64| ((ms - BEGIN_MS) / (7 * DAY_MS)) as usize;
    let mut cohorts: Vec<(u64, Vec<u64>)> = (0..8).map(|at| (0, vec![0; 8 - at])).collect();
    for events in by_person(made.iter()).values() {
        let Some(first) = events.iter().find(|event| event.name == 2) else { continue };
        let cohort = &mut cohorts[week(first.ms)];
        cohort.0 += 1;
        let later = events.iter().filter(|event| event.name == 3 && event.ms > first.ms);
        let weeks: BTreeSet<_> = later.map(|event| week(event.ms) - week(first.ms)).collect();
        weeks.into_iter().for_each(|distance| cohort.1[distance] += 1);
    }
    let question = json!({ "query": "retention", "first": { "name": "Ordered" }, "return": { "name": "Paid" },
        "period": "week" });
    let answer = ask(provider, question).await;
    let found: Vec<_> =
        answer["cohorts"].as_array().unwrap().iter().map(|one| (&one["people"], &one["returned"])).collect();
    let expected: Vec<_> = cohorts.iter().map(|(people, returned)| (json!(people), json!(returned))).collect();
    assert_eq!(found, expected.iter().map(|(people, returned)| (people, returned)).collect::<Vec<_>>());
}

/// Returns how many different events all pages have together.
async fn export(provider: &Internal) -> usize {
    let (mut ids, mut question) = (HashSet::new(), json!({ "query": "export", "limit": 7_777 }));
    loop {
        let answer = ask(provider, question.clone()).await;
        for event in answer["events"].as_array().unwrap() {
            assert!(ids.insert(event["id"].as_str().unwrap().to_owned()), "an event comes once");
        }
        match answer["cursor"].as_str() {
            Some(cursor) => question["cursor"] = cursor.into(),
            None => return ids.len(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heavy_question_ends_with_its_time_and_holds_up_no_delivery() {
    let (_folder, provider, _) = filled().await;
    let heavy = json!({ "query": "breakdown", "by": { "property": "plan" } });
    let budget = Duration::from_millis(2);
    let error = provider.query(Call::within(budget), heavy.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout, "{error}");
    assert!(error.message.contains("within 2 ms; ask about less time or fewer events"), "{error}");
    // More than may run at once; each waits for its turn, and all are answered while events come in.
    let asking = (0..6).map(|_| ask(&provider, heavy.clone()));
    let asked = async {
        let mut totals = Vec::new();
        for question in asking {
            totals.push(question.await["total"]["people"].clone());
        }
        totals
    };
    let delivered = async {
        for number in 0..50 {
            let batch = vec![record(track("During", "user-1", BEGIN_MS + number))];
            assert_eq!(provider.deliver(Call::unbounded(), batch).await.unwrap(), [Verdict::Delivered]);
        }
    };
    let (totals, ()) = tokio::join!(asked, delivered);
    assert_eq!(totals, vec![json!(5_000); 6]);
    // A question nobody waits for any more gives its place back.
    for _ in 0..8 {
        let abandoned = provider.query(Call::unbounded(), heavy.clone());
        assert!(tokio::time::timeout(Duration::from_millis(1), abandoned).await.is_err());
    }
    let answer = ask(&provider, json!({ "query": "counts", "filter": { "events": [{ "name": "During" }] } })).await;
    assert_eq!(answer["total"], json!({ "events": 50, "people": 1 }));
}
