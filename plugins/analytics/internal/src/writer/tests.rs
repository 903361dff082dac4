//! Transactions that fail: one record's fault, the disk's fault, callers that left.

use outrigger_plugin_api::sdk::sink::Record;
use uuid::Uuid;

use super::*;

type Answer = oneshot::Receiver<Vec<Option<Verdict>>>;

fn writer() -> (Writer, Queue, Receiver<Job>) {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::prepare(&mut connection).unwrap();
    let (queue, jobs, faults) = Queue::new();
    (Writer { connection, names: Names::default(), rows_max: 10, retention: None, faults }, queue, jobs)
}

fn delivery(queue: &Queue, sessions: &[&str]) -> (Delivery, Answer) {
    let rows = sessions.iter().enumerate().map(|(place, session)| {
        let body = serde_json::json!({"type": "track", "event": "e", "user_id": "u", "session_id": session});
        let body: crate::incoming::Incoming = serde_json::from_value(body).unwrap();
        let row = Row::new(Record { id: Uuid::now_v7(), received_at_ms: 1, attempt: 1, body }).unwrap();
        Placed { place, row }
    });
    let (reply, answer) = oneshot::channel();
    let verdicts = sessions.iter().map(|_| None).collect();
    (Delivery { rows: rows.collect(), verdicts, reply, _room: queue.room(1).unwrap() }, answer)
}

fn verdicts(mut answer: Answer) -> Vec<&'static str> {
    answer.try_recv().unwrap().iter().map(|verdict| verdict.as_ref().map_or("none", Verdict::as_str)).collect()
}

fn stored(writer: &Writer) -> i64 {
    writer.connection.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap()
}

/// Stands for whatever the file may refuse by the record's content.
fn refuse_bad_sessions(writer: &Writer) {
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.session LIKE 'bad%'
                  BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    writer.connection.execute_batch(refuse).unwrap();
}

#[test]
fn a_record_the_file_refuses_is_rejected_and_the_others_are_committed() {
    let (mut writer, queue, _jobs) = writer();
    refuse_bad_sessions(&writer);
    let (first, first_answer) = delivery(&queue, &["a", "bad 1", "b"]);
    let (second, second_answer) = delivery(&queue, &["bad 2", "c"]);
    writer.deliver(vec![first, second]);
    assert_eq!(verdicts(first_answer), ["delivered", "rejected", "delivered"]);
    assert_eq!(verdicts(second_answer), ["rejected", "delivered"]);
    assert_eq!(stored(&writer), 3);
    assert_eq!(queue.fault(), None);
}

#[test]
fn records_added_together_are_refused_each_by_itself_and_keep_their_order() {
    let (mut writer, queue, _jobs) = writer();
    refuse_bad_sessions(&writer);
    // More than one statement adds, with bad ones in both and at the edge between them.
    let names: Vec<String> = (0..45)
        .map(|n| if [3, 15, 16, 31, 44].contains(&n) { format!("bad {n}") } else { format!("{n:02}") })
        .collect();
    let sessions: Vec<&str> = names.iter().map(String::as_str).collect();
    let (all, answer) = delivery(&queue, &sessions);
    writer.deliver(vec![all]);
    let expected: Vec<_> =
        names.iter().map(|name| if name.starts_with("bad") { "rejected" } else { "delivered" }).collect();
    assert_eq!(verdicts(answer), expected);
    let mut query = writer.connection.prepare("SELECT session FROM event ORDER BY seq").unwrap();
    let kept: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(kept, names.iter().filter(|name| !name.starts_with("bad")).cloned().collect::<Vec<_>>());
}

#[test]
fn repeats_among_records_added_together_are_stored_once() {
    let (mut writer, queue, _jobs) = writer();
    let sessions = vec!["s"; 40];
    let (mut first, first_answer) = delivery(&queue, &sessions);
    let (mut second, second_answer) = delivery(&queue, &sessions);
    // Twice in one delivery, and all of one delivery in the next.
    first.rows[5].row.id = first.rows[4].row.id;
    first.rows[30].row.id = first.rows[2].row.id;
    for (again, row) in second.rows.iter_mut().zip(&first.rows) {
        again.row.id = row.row.id;
    }
    writer.deliver(vec![first]);
    writer.deliver(vec![second]);
    assert_eq!((verdicts(first_answer), verdicts(second_answer)), (vec!["delivered"; 40], vec!["delivered"; 40]));
    assert_eq!(stored(&writer), 38);
}

#[test]
fn a_full_disk_hands_all_back_and_goes_on_once_there_is_room() {
    let (mut writer, queue, _jobs) = writer();
    let pages: i64 = writer.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let limit = |writer: &Writer, pages: i64| {
        writer.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    };
    limit(&writer, pages);
    let sessions = vec!["a session with a name long enough to need another page before long"; 500];
    let (full, answer) = delivery(&queue, &sessions);
    writer.deliver(vec![full]);
    assert_eq!(verdicts(answer), vec!["retry"; 500]);
    assert_eq!(stored(&writer), 0);
    assert_eq!(queue.fault().as_deref(), Some("the disk is full"));

    limit(&writer, pages * 100);
    let (again, answer) = delivery(&queue, &sessions);
    writer.deliver(vec![again]);
    assert_eq!(verdicts(answer), vec!["delivered"; 500]);
    assert_eq!((stored(&writer), queue.fault()), (500, None));
}

#[test]
fn what_waits_is_gathered_up_to_the_limit_and_to_the_next_flush() {
    let (writer, queue, jobs) = writer();
    let (gone, answer) = delivery(&queue, &["nobody waits for this"]);
    drop(answer);
    let mut answers = Vec::new();
    let mut put = |sessions: &[&str]| {
        let (delivery, answer) = delivery(&queue, sessions);
        answers.push(answer);
        queue.put(Job::Deliver(delivery)).unwrap();
    };
    put(&["a"; 6]);
    put(&["b"; 6]);
    put(&["c"; 6]);
    queue.put(Job::Flush(oneshot::channel().0)).unwrap();
    put(&["d"]);
    let gathered = writer.gather(&jobs, Some(Job::Deliver(gone)));
    assert_eq!((gathered.deliveries.len(), gathered.then.is_none()), (2, true), "twelve rows, ten are enough");
    let gathered = writer.gather(&jobs, None);
    assert_eq!(gathered.deliveries.len(), 0);
    let gathered = writer.gather(&jobs, jobs.try_recv().ok());
    assert_eq!((gathered.deliveries.len(), matches!(gathered.then, Some(Job::Flush(_)))), (1, true));
}

#[test]
fn too_much_waiting_is_refused_and_room_comes_back() {
    let (_writer, queue, _jobs) = writer();
    let huge = queue.room(usize::MAX / 2).expect("an empty queue takes anything");
    assert!(queue.room(1).is_err());
    drop(huge);
    assert!(queue.room(1).is_ok());
}
