//! Prints what became of events.

use serde_json::Value;

use crate::door::cli::{Exit, arguments::OutputArguments, output::table};

/// Prints the report of events: for people one line for each provider.
pub(super) fn print(report: &Value, output: OutputArguments) -> Exit {
    output.answer(report, || text(report));
    Exit::Ok
}

fn text(report: &Value) -> String {
    let mut rows = Vec::new();
    let events = report.get("events").and_then(Value::as_array);
    for event in events.into_iter().flatten() {
        let id = word(event, "id");
        for verdict in event.get("verdicts").and_then(Value::as_array).into_iter().flatten() {
            let (provider, said) = (word(verdict, "provider"), word(verdict, "verdict"));
            rows.push(vec![id.clone(), provider, said, word(verdict, "reason")]);
        }
    }
    table(&rows)
}

fn word(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}
