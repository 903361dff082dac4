//! Both ways to read give the same events, person by person and by time.

use outrigger_plugin_api::sdk::analytics::query::{Condition, Selector};
use rusqlite::params;

use super::*;

/// 900 events of 30 ids with 3 names; every third id is joined with the one before it.
fn file() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    for name in 1..=3 {
        let sql = "INSERT INTO event_name(id, sort, name) VALUES(?, 1, ?)";
        connection.execute(sql, params![name, format!("event {name}")]).unwrap();
    }
    for person in 1..=30 {
        let sql = "INSERT INTO person(id, uid, first_seen, last_seen) VALUES(?, ?, 0, 0)";
        connection.execute(sql, params![person, format!("user {person}")]).unwrap();
        if person % 3 == 0 {
            let sql = "INSERT INTO person_alias(alias, person_id) VALUES(?, ?)";
            connection.execute(sql, params![format!("user {person}"), person - 1]).unwrap();
        }
    }
    for seq in 0_i64..900 {
        let sql = "INSERT INTO event(id, name_id, person_id, ts, received_at, props) VALUES(?, ?, ?, ?, 0, ?)";
        let (name, person, ts) = (seq * 7 % 3 + 1, seq * 11 % 30 + 1, seq * 37 % 500);
        let id = uuid::Uuid::from_u128(seq.unsigned_abs().into()).into_bytes();
        connection.execute(sql, params![id, name, person, ts, format!("{{\"n\":{}}}", seq % 5)]).unwrap();
    }
    connection
}

fn read(connection: &Connection, filter: &Filter, few: u64) -> Vec<Found> {
    let mut scan = Scan::new(connection, filter).unwrap();
    scan.few = few;
    assert_eq!(scan.are_few().unwrap(), few > 0 && *filter != Filter::default());
    let mut found = Vec::new();
    let label = |event: Event<'_>| Ok(Some(Label(u16::try_from(event.name_id).unwrap(), event.properties.len())));
    scan.run(label, |person, ms, label| found.push((person, ms, label))).unwrap();
    found
}

#[test]
fn few_and_many_events_are_read_alike() {
    let connection = file();
    let count = |takes: &dyn Fn(i64, i64) -> bool| (0..900).filter(|seq| takes(seq * 37 % 500, seq % 5)).count();
    let n_is_3 = Condition::AtLeast { property: "n".into(), value: 3.into() };
    for (filter, expected) in [
        (Filter::default(), 900),
        (Filter { events: vec![Selector::named("event 2")], ..Filter::default() }, 300),
        (
            Filter { from_ms: Some(100), to_ms: Some(200), ..Filter::default() },
            count(&|ts, _| (100..200).contains(&ts)),
        ),
        (
            Filter { from_ms: Some(100), conditions: vec![n_is_3], ..Filter::default() },
            count(&|ts, n| ts >= 100 && n >= 3),
        ),
        (Filter { events: vec![Selector::named("no such")], ..Filter::default() }, 0),
    ] {
        let few = if expected == 0 { 1 } else { 900 };
        let (mut by_name, mut by_person) = (read(&connection, &filter, few), Vec::new());
        if expected > 0 {
            by_person = read(&connection, &filter, 0);
        }
        assert_eq!((by_name.len(), by_person.len()), (expected, expected), "{filter:?}");
        for found in [&by_name, &by_person] {
            let mut people: Vec<_> = found.chunk_by(|left, right| left.0 == right.0).collect();
            assert!(people.iter().all(|events| events.is_sorted_by_key(|event| event.1)), "by time: {filter:?}");
            people.sort();
            people.dedup_by_key(|events| events[0].0);
            let of_people: usize = people.iter().map(|events| events.len()).sum();
            assert_eq!(of_people, expected, "each person's events stand together: {filter:?}");
        }
        by_name.sort();
        by_person.sort();
        assert_eq!(by_name, by_person, "{filter:?}");
    }
}
