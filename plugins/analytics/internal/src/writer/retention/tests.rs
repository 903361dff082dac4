//! Steps, and where they end.

use super::*;

#[test]
fn old_rows_leave_in_steps_and_newer_ones_stay() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    connection
        .execute_batch(
            "INSERT INTO person(id, uid, first_seen, last_seen) VALUES(1, 'u', 0, 0);
             INSERT INTO event_name(id, sort, name) VALUES(1, 1, 'a'), (2, 1, 'b');
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
             INSERT INTO event(id, name_id, person_id, ts, received_at)
             SELECT CAST(printf('%016d', i) AS BLOB), 1 + i % 2, 1, i, i FROM n;",
        )
        .unwrap();
    let mut steps = Vec::new();
    loop {
        steps.push(remove_before(&mut connection, 1_200).unwrap());
        if steps.last() == Some(&0) {
            break;
        }
    }
    assert_eq!(steps, [500, 500, 200, 0]);
    let left: (i64, i64) =
        connection.query_row("SELECT count(*), min(ts) FROM event", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    assert_eq!(left, (800, 1_200));
}

#[test]
fn looking_for_old_rows_uses_the_index() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {REMOVE}")).unwrap();
    let plan: Vec<String> = plan.query_map((0, 0, 1), |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
    assert!(plan.iter().any(|step| step.contains("event_nt (project=? AND name_id=? AND ts<?)")), "{plan:#?}");
}
