//! A person with many events goes in steps, and takes only their own along.

use rusqlite::params;

use super::*;

fn file(events: u64) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    connection.execute("INSERT INTO event_name(id, sort, name) VALUES(1, 1, 'e')", []).unwrap();
    for uid in ["u", "other", "anon"] {
        connection.execute("INSERT INTO person(uid, first_seen, last_seen) VALUES(?, 0, 0)", [uid]).unwrap();
    }
    connection.execute("INSERT INTO person_alias(alias, person_id) VALUES('anon', 1), ('shared', 2)", []).unwrap();
    for number in 0..events * 3 {
        let sql = "INSERT INTO event(id, name_id, person_id, ts, received_at) VALUES(?, 1, ?, 0, 0)";
        let person = i64::try_from(number % 3).unwrap() + 1;
        connection.execute(sql, params![u128::from(number).to_be_bytes(), person]).unwrap();
    }
    connection
}

fn rows(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_person_goes_in_steps_and_whole() {
    let mut connection = file(1_100);
    let (reply, mut answer) = oneshot::channel();
    let (mut removal, mut steps) = (Some(Removal::new("anon".into(), reply)), 0);
    while let Some(going) = removal {
        removal = going.step(&mut connection);
        steps += 1;
        let left = rows(&connection, "SELECT count(*) FROM event WHERE person_id IN (1, 3)");
        assert_eq!(left, (2_200 - steps * 500).max(0), "no step removes more than its rows");
    }
    assert_eq!(steps, 5);
    assert_eq!(answer.try_recv().unwrap(), Ok(Deleted { events: 2_200, ids: 2 }));
    assert_eq!(rows(&connection, "SELECT count(*) FROM event"), 1_100);
    assert_eq!(rows(&connection, "SELECT count(*) FROM person"), 1);
    assert_eq!(rows(&connection, "SELECT count(*) FROM person_alias WHERE alias = 'shared'"), 1);
    assert_eq!(rows(&connection, "SELECT count(*) FROM person_alias"), 1);
}

#[test]
fn a_number_once_given_is_not_given_again() {
    let mut connection = file(1);
    let last = rows(&connection, "SELECT max(seq) FROM event");
    let (reply, _answer) = oneshot::channel();
    assert!(Removal::new("u".into(), reply).step(&mut connection).is_none());
    let sql = "INSERT INTO event(id, name_id, person_id, ts, received_at) VALUES(x'00', 1, 2, 0, 0)";
    connection.execute(sql, []).unwrap();
    // Else a feed that stood at the last number would never see the new event.
    assert!(rows(&connection, "SELECT max(seq) FROM event") > last);
}

#[test]
fn what_is_removed_is_no_longer_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.sqlite3");
    let settings = crate::settings::Settings { path: path.clone(), ..Default::default() };
    let mut connection = crate::open::for_writing(&settings).unwrap();
    connection.execute_batch("BEGIN; INSERT INTO event_name(id, sort, name) VALUES(1, 1, 'e')").unwrap();
    connection.execute("INSERT INTO person(uid, first_seen, last_seen) VALUES('canary-id', 0, 0)", []).unwrap();
    connection.execute("INSERT INTO person(uid, first_seen, last_seen) VALUES('somebody', 0, 0)", []).unwrap();
    for number in 0..1_200_u64 {
        let sql =
            "INSERT INTO event(id, name_id, person_id, session, ts, received_at, props) VALUES(?, 1, ?, ?, ?, 0, ?)";
        // In no order and among somebody else's, so that pages are split and stay.
        let id = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64;
        let (person, text) = if number % 2 == 0 { (1, "canary-text") } else { (2, "another") };
        let ts = i64::try_from(number * 7_919 % 1_201).unwrap();
        connection
            .execute(sql, params![id.to_be_bytes(), person, text, ts, format!("{{\"note\":\"{text}\"}}")])
            .unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    let holds = |connection: &Connection, text: &str| {
        // What the write-ahead log has goes into the file, and the log is emptied.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(holds(&connection, "canary-id") && holds(&connection, "canary-text"));
    let (reply, _answer) = oneshot::channel();
    let mut removal = Some(Removal::new("canary-id".into(), reply));
    while let Some(going) = removal {
        removal = going.step(&mut connection);
    }
    assert!(!holds(&connection, "canary-id") && !holds(&connection, "canary-text"));
    assert!(holds(&connection, "somebody") && holds(&connection, "another"));
}
