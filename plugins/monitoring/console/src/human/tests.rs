//! The human format as people see it.

use outrigger_plugin_api::sdk::monitoring::{Breadcrumb, Context, Exception, Frame, Request, User};
use serde_json::json;
use uuid::Uuid;

use super::*;

fn rendered(body: Event, paint: Paint) -> String {
    let mut out = String::new();
    push(&mut out, &Record { id: Uuid::nil(), received_at_ms: 1_795_392_000_123, attempt: 1, body }, paint);
    out
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn frame(function: &str, line: u32, in_app: bool) -> Frame {
    Frame {
        function: text(function),
        module: text("shop"),
        file: text("src/pay.rs"),
        line: Some(line),
        column: Some(9),
        in_app: Some(in_app),
    }
}

fn exception(name: &str, value: &str, frames: Vec<Frame>) -> Exception {
    Exception { name: name.to_owned(), value: value.to_owned(), module: None, frames }
}

fn full_context() -> Context {
    Context {
        logger: text("shop::pay"),
        user: Some(User { id: text("42"), email: text("a@example.com"), ..User::default() }),
        tags: [("region".to_owned(), "eu west".to_owned()), ("plan".to_owned(), "pro".to_owned())].into(),
        extra: [("cart".to_owned(), json!({"items": 3}))].into_iter().collect(),
        request: Some(Request {
            method: text("POST"),
            url: text("https://shop.example/pay"),
            status: Some(502),
            headers: [("accept".to_owned(), "*/*".to_owned())].into(),
        }),
        release: text("1.4.2"),
        environment: text("production"),
        breadcrumbs: vec![Breadcrumb {
            timestamp_ms: Some(1_795_391_999_000),
            category: text("query"),
            message: text("select cart"),
            data: [("rows".to_owned(), json!(3))].into_iter().collect(),
            ..Breadcrumb::default()
        }],
        trace_id: text("0af7651916cd43dd8448eb211c80319c"),
        span_id: text("b7ad6b7169203331"),
        ..Context::default()
    }
}

fn error() -> Event {
    let outer = (1..=7).map(|line| frame("charge", line, line == 2)).collect();
    Event::Error {
        exceptions: vec![
            exception("PaymentError", "card declined", outer),
            exception("io::Error", "connection refused\nforged line", vec![]),
        ],
        handled: false,
        fingerprint: vec!["pay".to_owned(), "declined".to_owned()],
        context: Box::new(full_context()),
    }
}

#[test]
fn an_error_shows_its_chain_and_circumstances() {
    insta::assert_snapshot!(rendered(error(), Paint::Plain), @r#"
    2026-11-23T00:00:00.123Z ERROR error    unhandled PaymentError: card declined
            at shop::charge (src/pay.rs:1:9)
          > at shop::charge (src/pay.rs:2:9)
            at shop::charge (src/pay.rs:3:9)
            at shop::charge (src/pay.rs:4:9)
            at shop::charge (src/pay.rs:5:9)
            … 2 more frames
        caused by io::Error: connection refused\nforged line
        group    pay declined
        logger   shop::pay
        user     id=42 email=a@example.com
        request  POST https://shop.example/pay 502
        headers  accept=*/*
        tags     plan=pro region="eu west"
        extra    cart={"items":3}
        app      release=1.4.2 environment=production
        trace    id=0af7651916cd43dd8448eb211c80319c span=b7ad6b7169203331
        before   2026-11-22T23:59:59.000Z query select cart rows=3
    "#);
}

#[test]
fn every_other_sort_is_one_headline() {
    let context = Box::<Context>::default;
    let fields: serde_json::Map<_, _> = [("rows".to_owned(), json!(3))].into_iter().collect();
    let (name, fail) = ("GET /users/{id}".to_owned(), Status::Timeout);
    let all = [
        Event::Event { name: "deployed".to_owned(), properties: fields.clone(), context: context() },
        Event::Log { message: "ready\u{1b}[2J".to_owned(), fields: fields.clone(), context: context() },
        Event::Span {
            name: name.clone(),
            operation: "http.server".to_owned(),
            start_us: 1,
            duration_us: 12_345,
            status: Status::Ok,
            fields: fields.clone(),
            context: context(),
        },
        Event::Span {
            name,
            operation: "http.server".to_owned(),
            start_us: 1,
            duration_us: 30_000_000,
            status: fail,
            fields: serde_json::Map::new(),
            context: context(),
        },
        Event::CheckIn {
            monitor: "backup".to_owned(),
            status: Status::Error,
            duration_us: Some(999),
            context: context(),
        },
        Event::Session { session_id: "s1".to_owned(), status: Status::InProgress, errors: 2, context: context() },
        Event::Error { exceptions: vec![], handled: true, fingerprint: vec![], context: context() },
    ];
    let shown: String = all.into_iter().map(|event| rendered(event, Paint::Plain)).collect();
    insta::assert_snapshot!(shown, @r#"
    2026-11-23T00:00:00.123Z INFO  event    deployed
        fields   rows=3
    2026-11-23T00:00:00.123Z INFO  log      ready\u{1b}[2J
        fields   rows=3
    2026-11-23T00:00:00.123Z INFO  span     GET /users/{id} 12.3ms ok http.server
        fields   rows=3
    2026-11-23T00:00:00.123Z WARN  span     GET /users/{id} 30.00s timeout http.server
    2026-11-23T00:00:00.123Z ERROR check-in backup error 999us
    2026-11-23T00:00:00.123Z INFO  session  s1 in progress errors=2
    2026-11-23T00:00:00.123Z ERROR error    without an exception
    "#);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = rendered(error(), Paint::Ansi);
    assert!(coloured.contains("\u{1b}[31mERROR\u{1b}[0m"), "{coloured}");
    let mut plain = coloured;
    for code in ["2", "31", "0"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(plain, rendered(error(), Paint::Plain));
}
