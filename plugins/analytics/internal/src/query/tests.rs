//! The bound on a question's time.

use std::time::Duration;

use outrigger_plugin_api::sdk::ErrorKind;

use super::*;

/// Counts to ten billion, which takes minutes.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000000000)
                       SELECT count(*) FROM n";

fn run(connection: &Connection) -> Failed {
    connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0)).unwrap_err().into()
}

#[test]
fn a_statement_ends_with_the_budget_and_says_so() {
    let connection = Connection::open_in_memory().unwrap();
    let bound = Bound::begin(Some(Duration::from_millis(40)));
    bound.set(&connection).unwrap();
    let error = run(&connection).within(bound.budget());
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.message.starts_with("the question could not be answered within 40 ms; ask about less"), "{error}");
}

#[test]
fn a_statement_ends_once_nobody_waits() {
    let connection = Connection::open_in_memory().unwrap();
    let bound = Bound::begin(None);
    bound.set(&connection).unwrap();
    let waiting = bound.waiting();
    let thread = std::thread::spawn(move || run(&connection).within(None).kind);
    drop(waiting);
    assert_eq!(thread.join().unwrap(), ErrorKind::Timeout);
}
