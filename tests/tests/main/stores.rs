//! Two stores with the same events give the same answers, to the last member.
#![expect(clippy::indexing_slicing, reason = "what is not there ends the test, or is null")]

use std::time::Duration;

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject as _},
    sdk::{
        Call,
        analytics::{query::Question, sort},
    },
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    postgres_server::PostgresServer,
    sink_subject::LoadedSink,
};
use serde_json::{Value, json};

/// 2026-10-19T00:00:00Z, a Monday: the clocks of Europe go back on the Sunday.
const BEGIN_MS: u64 = 1_792_368_000_000;
const HOUR_MS: u64 = 60 * 60 * 1_000;
const WEEK_MS: u64 = 7 * 24 * HOUR_MS;
const EVENTS: u64 = 2_000;
const NAMES: [&str; 6] = ["Seen", "Añadido 🛒", "Ordered", "Paid", "支付", "Left"];

/// A question, however much of it there is, must end on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Numbers that look random and are the same each time (splitmix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(u64::try_from(all.len()).unwrap())).unwrap()].clone()
    }
}

fn properties(draw: &mut Draw) -> Value {
    let mut properties = json!({});
    // Absent, null, of several types, whole numbers as floating point, large ones, nested.
    let plans =
        [json!("free"), json!("pro"), json!("\u{fc}ber \"groß\""), json!(null), json!(5), json!(5.0), json!(true)];
    let totals =
        [json!(0), json!(10), json!(10.0), json!(25.5), json!("10"), json!(9_007_199_254_740_993_u64), json!(-3)];
    if draw.below(4) > 0 {
        properties["plan"] = draw.of(&plans);
    }
    if draw.below(3) > 0 {
        properties["total"] = draw.of(&totals);
    }
    if draw.below(3) == 0 {
        properties["cart"] = json!({ "currency": draw.of(&["EUR", "¥", ""]), "items": [1, { "a": null }] });
    }
    properties
}

fn records() -> Vec<RawRecord> {
    let mut draw = Draw(20_261_025);
    let make = |_| {
        let person = draw.below(120);
        let user = if draw.below(4) == 0 { format!("anon-{person}") } else { format!("üser-{person}") };
        // By the hour for a third of them, so that many happen at once.
        let hours = draw.below(4 * 7 * 24) * HOUR_MS;
        let ms = BEGIN_MS + if draw.below(3) == 0 { hours } else { hours + draw.below(HOUR_MS) };
        match draw.below(20) {
            0 => {
                let body = json!({ "type": "identify", "user_id": format!("üser-{person}"), "timestamp_ms": ms,
                    "anonymous_id": format!("anon-{}", draw.below(120)), "traits": properties(&mut draw) });
                record(sort::IDENTIFY, &body)
            }
            1 => {
                let previous = format!("üser-{}", draw.below(120));
                record(
                    sort::ALIAS,
                    &json!({ "type": "alias", "previous_id": previous, "user_id": user, "timestamp_ms": ms }),
                )
            }
            2 | 3 => {
                let body = json!({ "type": "page", "name": draw.of(&NAMES), "anonymous_id": user, "timestamp_ms": ms,
                    "properties": properties(&mut draw), "session_id": "visit", "context": { "locale": "de" } });
                record(sort::PAGE, &body)
            }
            4 => {
                let body = json!({ "type": "group", "group_id": format!("g{}", draw.below(3)), "user_id": user,
                    "timestamp_ms": ms, "traits": properties(&mut draw) });
                record(sort::GROUP, &body)
            }
            _ => {
                let body = json!({ "type": "track", "event": draw.of(&NAMES), "user_id": user, "timestamp_ms": ms,
                    "properties": properties(&mut draw) });
                record(sort::TRACK, &body)
            }
        }
    };
    (0..EVENTS).map(make).collect()
}

/// What decides which events: none, a time, names and types, conditions of each sort.
fn filters() -> Vec<Value> {
    vec![
        json!({}),
        json!({ "from_ms": BEGIN_MS + WEEK_MS / 2, "to_ms": BEGIN_MS + 2 * WEEK_MS }),
        json!({ "from_ms": BEGIN_MS + 2 * WEEK_MS }),
        json!({ "to_ms": BEGIN_MS + WEEK_MS, "events": [{ "type": "track" }, { "type": "page", "name": NAMES[1] }] }),
        json!({ "events": [{ "name": NAMES[4] }, { "name": "never" }] }),
        json!({ "events": [{ "name": "never" }] }),
        json!({ "where": [{ "is": "equals", "property": "plan", "value": 5 }] }),
        json!({ "where": [{ "is": "one_of", "property": "total", "values": [10, "10", 9_007_199_254_740_993_u64] },
                          { "is": "absent", "property": "cart" }] }),
        json!({ "events": [{ "type": "track", "where": [{ "is": "present", "property": "plan" }] }],
                "where": [{ "is": "at_least", "property": "total", "value": 0.5 }] }),
        json!({ "where": [{ "is": "equals", "property": "/cart/currency", "value": "¥" }] }),
    ]
}

fn questions() -> Vec<Value> {
    let mut questions = Vec::new();
    for filter in filters() {
        let mut ask = |question: Value| {
            let mut question = question;
            question["filter"] = filter.clone();
            questions.push(question);
        };
        ask(json!({ "query": "counts" }));
        for (interval, zone) in [
            ("hour", "Europe/Berlin"),
            ("hour", "Australia/Lord_Howe"),
            ("day", "Europe/Berlin"),
            ("day", "+05:45"),
            ("week", "America/Sao_Paulo"),
            ("month", "UTC"),
        ] {
            ask(json!({ "query": "counts", "interval": interval, "zone": zone }));
        }
        for limit in [2, 100] {
            ask(json!({ "query": "top", "limit": limit }));
            for property in ["plan", "total", "cart", "/cart/currency", "never"] {
                ask(json!({ "query": "breakdown", "by": { "property": property, "limit": limit } }));
            }
        }
        let steps = json!([{ "name": NAMES[0] }, { "name": NAMES[1] }, { "type": "track" }]);
        for window_ms in [HOUR_MS, 5 * 24 * HOUR_MS] {
            ask(json!({ "query": "funnel", "steps": steps, "window_ms": window_ms }));
            ask(
                json!({ "query": "funnel", "steps": steps, "window_ms": window_ms, "by": { "property": "plan", "limit": 2 } }),
            );
        }
        for period in ["day", "week"] {
            let back = json!({ "where": [{ "is": "present", "property": "plan" }] });
            ask(json!({ "query": "retention", "first": { "type": "track" }, "return": back, "period": period,
                "zone": "Europe/Berlin" }));
        }
        for limit in [7, 10_000] {
            for user_id in ["üser-7", "anon-7", "anon-31", "nobody"] {
                ask(json!({ "query": "timeline", "user_id": user_id, "limit": limit }));
            }
            ask(json!({ "query": "live", "limit": limit }));
            ask(json!({ "query": "export", "limit": limit.max(100) }));
        }
    }
    questions
}

struct Stores {
    internal: LoadedSink,
    postgres: LoadedSink,
    _server: PostgresServer,
}

impl Stores {
    async fn start() -> Self {
        let server = PostgresServer::start();
        let timeout = format!("timeout = \"{}s\"", TIMEOUT.as_secs());
        let file = setup(Kind::Analytics, "internal", &timeout);
        let path = file.path("out").display().to_string();
        let internal = LoadedSink::start(file.variable("ANALYTICS_DATABASE_PATH", &path), Kind::Analytics).await;
        let lines = format!("{timeout}\nsettings.url = \"{}\"", server.url());
        let postgres = LoadedSink::start(setup(Kind::Analytics, "postgres", &lines), Kind::Analytics).await;
        Self { internal, postgres, _server: server }
    }

    async fn deliver(&self, records: &[RawRecord]) {
        for batch in records.chunks(250) {
            for store in [&self.internal, &self.postgres] {
                let verdicts = store.deliver(Call::unbounded(), batch.to_vec()).await.unwrap();
                assert!(verdicts.iter().all(|verdict| verdict.as_str() == "delivered"), "{verdicts:?}");
            }
        }
    }

    /// Asks both, page after page, and returns the one answer; its cursor is each store's own.
    async fn same(&self, question: &Value) -> Value {
        let (mut left, mut right, mut first) = (question.clone(), question.clone(), None);
        loop {
            let mut one = self.internal.query(Call::unbounded(), left.clone()).await.unwrap();
            let mut other = self.postgres.query(Call::unbounded(), right.clone()).await.unwrap();
            let cursors = (one["cursor"].take(), other["cursor"].take());
            assert!(one == other, "{left} is answered {one} by one and {other} by the other");
            assert_eq!(cursors.0.is_null(), cursors.1.is_null(), "{left}: both have more or neither");
            let ended = cursors.0.is_null() || question["query"] == "live";
            first.get_or_insert(one);
            if ended {
                return first.unwrap();
            }
            (left["cursor"], right["cursor"]) = cursors;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_answer_every_question_alike() {
    let stores = Stores::start().await;
    stores.deliver(&records()).await;
    let (mut asked, mut filled) = (std::collections::BTreeSet::new(), 0);
    for question in questions() {
        let answer = stores.same(&question).await;
        asked.insert(question["query"].as_str().unwrap().to_owned());
        filled += usize::from(answer["total"]["events"].as_u64().is_some_and(|events| events > 0));
    }
    assert_eq!(asked.len(), Question::NAMES.len() - 1, "every question but the removal: {asked:?}");
    assert!(filled > 100, "most sums are of something: {filled}");
    for user_id in ["anon-7", "üser-31", "nobody", "üser-7"] {
        stores.same(&json!({ "query": "delete_user", "user_id": user_id })).await;
        stores.same(&json!({ "query": "export", "limit": 10_000 })).await;
        stores.same(&json!({ "query": "top", "limit": 100 })).await;
    }
}
