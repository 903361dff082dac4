//! Spans' fields in lines of the log.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tracing::{field::Empty, info, info_span};
use tracing_subscriber::layer::SubscriberExt;

use super::SpanFields;

/// Collects what the log writes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Returns the span of the line that `work` logs.
fn span_of(work: impl FnOnce()) -> Value {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).json().flatten_event(true);
    let subscriber = tracing_subscriber::registry().with(layer.with_span_list(false).fmt_fields(SpanFields));
    tracing::subscriber::with_default(subscriber, work);
    let written = lines.0.lock().unwrap().clone();
    let line: Value = serde_json::from_slice(&written).unwrap();
    line["span"].clone()
}

#[test]
fn fields_of_any_sort_are_told_as_they_are() {
    let span = span_of(|| {
        let text = "quote \" and \\ and \u{1}";
        info_span!("request", text, count = 7, below = -3, yes = true, shown = ?Some(1), half = 0.5)
            .in_scope(|| info!("x"));
    });
    let told = json!({"name": "request", "text": "quote \" and \\ and \u{1}", "count": 7, "below": -3, "yes": true,
        "shown": "Some(1)", "half": 0.5});
    assert_eq!(span, told);
}

#[test]
fn what_a_span_learns_later_is_told_too() {
    let span = span_of(|| {
        let span = info_span!("request", first = 1, second = Empty, third = Empty);
        span.record("second", "}");
        span.record("third", 3);
        span.in_scope(|| info!("x"));
    });
    assert_eq!(span, json!({"name": "request", "first": 1, "second": "}", "third": 3}));
    let span = span_of(|| {
        let span = info_span!("request", only = Empty);
        span.record("only", 1);
        span.in_scope(|| info!("x"));
    });
    assert_eq!(span, json!({"name": "request", "only": 1}));
}

#[test]
fn a_span_without_fields_has_its_name() {
    assert_eq!(span_of(|| info_span!("work").in_scope(|| info!("x"))), json!({"name": "work"}));
}
