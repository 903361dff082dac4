//! Checks what goes over the wire: which inserts a batch becomes, under which names, and when the table is made.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    analytics::Event,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{MONTHS_MAX, ROWS_MAX};
use crate::ClickHouse;

const PASSWORD: &str = "s3cret-password";
/// 2026-11-23T00:00:00Z.
const RECEIVED: u64 = 1_795_392_000_000;
/// Longer than any month.
const MONTH_MS: u64 = 31 * 86_400_000;

type Answer = Result<Response, ProviderError>;
type Sent = Arc<Mutex<Vec<Request>>>;

async fn start(more: Value, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> (ClickHouse, Sent) {
    let mut settings = json!({ "url": "http://ch:8123/", "user": "writer", "password": PASSWORD });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sent = Sent::default();
    let seen = sent.clone();
    let host = Host::answering("clickhouse", move |request: Request| {
        seen.lock().unwrap().push(request.clone());
        answer(&request)
    });
    (ClickHouse::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn track(at_ms: u64) -> Record<Event> {
    let event = json!({ "type": "track", "event": "x", "user_id": "u", "timestamp_ms": at_ms });
    Record { id: Uuid::now_v7(), received_at_ms: RECEIVED, attempt: 1, body: serde_json::from_value(event).unwrap() }
}

fn ok() -> Answer {
    Ok(Response::new(200, &[], ""))
}

fn exception(code: u32) -> Answer {
    let body = format!("Code: {code}. DB::Exception: why");
    Ok(Response::new(500, &[("x-clickhouse-exception-code", &code.to_string())], body))
}

fn token(request: &Request) -> String {
    let (_, rest) = request.url().split_once("insert_deduplication_token=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

fn lines(request: &Request) -> usize {
    request.body_bytes().iter().filter(|byte| **byte == b'\n').count()
}

fn is_insert(request: &Request) -> bool {
    request.url().contains("query=INSERT")
}

#[tokio::test]
async fn an_insert_names_its_columns_and_settings_and_hides_the_password() {
    let (clickhouse, sent) = start(json!({ "database": "web", "table": "ev" }), |_| ok()).await;
    let batch = vec![track(RECEIVED)];
    assert_eq!(clickhouse.deliver(Call::unbounded(), batch).await.unwrap(), [Verdict::Delivered]);
    let request = &sent.lock().unwrap()[0];
    let expected = format!(
        "http://ch:8123/?database=web&wait_end_of_query=1&async_insert=0&date_time_input_format=best_effort\
         &input_format_allow_errors_num=0&input_format_allow_errors_ratio=0&insert_deduplication_token={}\
         &query=INSERT%20INTO%20%22web%22.%22ev%22%20%28project%2C%20id%2C%20type%2C%20name%2C%20uid%2C%20\
         anonymous_id%2C%20session%2C%20grp%2C%20message_id%2C%20ts%2C%20received_at%2C%20props%2C%20ctx%29%20\
         FORMAT%20JSONEachRow",
        token(request)
    );
    assert_eq!(request.url(), expected);
    assert_eq!(request.header_value("x-clickhouse-user"), Some("writer"));
    assert_eq!(request.header_value("x-clickhouse-key"), Some(PASSWORD));
    assert!(!String::from_utf8_lossy(request.body_bytes()).contains(PASSWORD));
}

#[tokio::test]
async fn the_same_rows_in_the_same_order_have_the_same_token_and_no_others() {
    let (clickhouse, sent) = start(json!({}), |_| ok()).await;
    let (one, two) = (track(RECEIVED), track(RECEIVED));
    for batch in [[&one, &two], [&one, &two], [&two, &one]] {
        clickhouse.deliver(Call::unbounded(), batch.map(Clone::clone).to_vec()).await.unwrap();
    }
    clickhouse.deliver(Call::unbounded(), vec![one]).await.unwrap();
    let tokens: Vec<String> = sent.lock().unwrap().iter().map(token).collect();
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
    assert_ne!(tokens[0], tokens[3]);
}

#[tokio::test]
async fn an_insert_has_at_most_so_many_rows_and_months() {
    let (clickhouse, sent) = start(json!({}), |_| ok()).await;
    let many: Vec<_> = (0..=ROWS_MAX).map(|_| track(RECEIVED)).collect();
    clickhouse.deliver(Call::unbounded(), many).await.unwrap();
    assert_eq!(sent.lock().unwrap().drain(..).map(|request| lines(&request)).collect::<Vec<_>>(), [ROWS_MAX, 1]);
    let scattered: Vec<_> = (0..=MONTHS_MAX as u64).map(|month| track(month * MONTH_MS)).collect();
    let verdicts = clickhouse.deliver(Call::unbounded(), scattered).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::Delivered; MONTHS_MAX + 1]);
    assert_eq!(sent.lock().unwrap().iter().map(lines).collect::<Vec<_>>(), [MONTHS_MAX, 1]);
}

#[tokio::test]
async fn the_table_is_made_where_there_is_none_and_the_rows_are_sent_again() {
    let made = Mutex::new(false);
    let (clickhouse, sent) = start(json!({}), move |request| {
        let mut made = made.lock().unwrap();
        *made |= !is_insert(request);
        if *made { ok() } else { exception(60) }
    })
    .await;
    assert_eq!(clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED)]).await.unwrap(), [Verdict::Delivered]);
    let sent = sent.lock().unwrap();
    assert_eq!(sent.iter().map(is_insert).collect::<Vec<_>>(), [true, false, true]);
    let ddl = String::from_utf8(sent[1].body_bytes().to_vec()).unwrap();
    assert!(ddl.starts_with("CREATE TABLE IF NOT EXISTS \"default\".\"outrigger_event\"\n"), "{ddl}");
    assert!(!ddl.contains('$') && ddl.contains("ReplacingMergeTree(received_at)"), "{ddl}");
    assert_eq!(sent[0], sent[2]);
}

#[tokio::test]
async fn the_table_is_not_made_where_nobody_asked_for_it() {
    let (clickhouse, sent) = start(json!({ "create-table": false }), |_| exception(60)).await;
    let error = clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED)]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(matches!(clickhouse.standing().unwrap().health(), Health::Degraded(_)));
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_table_that_can_t_be_made_is_what_is_wrong() {
    let answer = |request: &Request| if is_insert(request) { exception(60) } else { exception(497) };
    let (clickhouse, sent) = start(json!({}), answer).await;
    let error = clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED)]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("Code: 497"), "{error}");
    assert_eq!(sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_unreadable_row_is_rejected_alone_and_of_several_left_to_the_host() {
    let (clickhouse, _) = start(json!({}), |_| exception(469)).await;
    let several = clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED), track(RECEIVED)]).await.unwrap_err();
    assert_eq!(several.kind, ErrorKind::Invalid);
    let alone = clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED)]).await.unwrap();
    assert_eq!(alone, [Verdict::Rejected("Code: 469. DB::Exception: why".to_owned())]);
}

#[tokio::test]
async fn inserts_that_were_written_are_not_sent_again_for_a_later_one() {
    let (clickhouse, sent) = start(json!({}), |request| if lines(request) > 1 { ok() } else { exception(252) }).await;
    let scattered: Vec<_> = (0..=MONTHS_MAX as u64).map(|month| track(month * MONTH_MS)).collect();
    let verdicts = clickhouse.deliver(Call::unbounded(), scattered).await.unwrap();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Delivered).count(), MONTHS_MAX);
    assert!(matches!(verdicts.last(), Some(Verdict::Retry { reason, .. }) if reason.contains("Code: 252")));
    assert_eq!(sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_password_that_comes_back_is_hidden() {
    let answer = |_: &Request| {
        let body = format!("Code: 516. DB::Exception: no user with {PASSWORD}");
        Ok(Response::new(403, &[("x-clickhouse-exception-code", "516")], body))
    };
    let (clickhouse, _) = start(json!({}), answer).await;
    let error = clickhouse.deliver(Call::unbounded(), vec![track(RECEIVED)]).await.unwrap_err();
    assert_eq!(error.message, "Code: 516. DB::Exception: no user with …");
}

#[test]
fn the_readme_shows_the_table_that_is_made() {
    let readme = include_str!("../../README.md");
    let mut shown = 0;
    for line in include_str!("table.sql").lines().skip(1) {
        let line = line.split(" -- ").next().unwrap();
        assert!(readme.contains(line), "the README lacks `{line}`");
        shown += usize::from(line.starts_with("    "));
    }
    assert_eq!(shown, crate::row::COLUMNS.split(", ").count());
    let listed = |name: &str| readme.contains(&format!("\n    {name} "));
    assert!(crate::row::COLUMNS.split(", ").all(listed));
}
