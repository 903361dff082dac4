//! Questions that are asked again and again: all events, and those that come in.

use std::{
    io::{BufWriter, ErrorKind, Write},
    time::Duration,
};

use serde_json::{Value, json};

use super::{FilterArguments, show};
use crate::door::cli::{Exit, arguments::OutputArguments, client::Client, output::table};

/// How often new events are asked for: an eye sees no less, and an idle question costs the host some microseconds.
const PAUSE: Duration = Duration::from_secs(1);

/// Prints the latest events, and those that follow.
pub(super) fn live(
    limit: u32,
    follow: bool,
    filter: &FilterArguments,
    client: &Client,
    output: OutputArguments,
) -> Result<Exit, Exit> {
    let mut question = json!({ "query": "live", "limit": limit });
    filter.add_to(&mut question, output)?;
    loop {
        let answer = client.ask("POST", "/v1/analytics/query", Some(&question))?;
        if !follow {
            output.answer(&answer, || shown(&answer));
            return Ok(Exit::Ok);
        }
        let events = answer.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let print = |event: &Value| if output.json() { event.to_string() } else { show::event_cells(event).join("  ") };
        // Whoever read this went away: no error, and nobody to go on for.
        if events.iter().any(|event| writeln!(std::io::stdout().lock(), "{}", print(event)).is_err()) {
            return Ok(Exit::Ok);
        }
        if events.is_empty() {
            std::thread::sleep(PAUSE);
        }
        set_cursor(&mut question, &answer);
    }
}

fn shown(answer: &Value) -> String {
    let events = answer.get("events").and_then(Value::as_array).into_iter().flatten();
    let mut rows = vec![["TIME", "USER", "TYPE", "NAME", "PROPERTIES"].map(str::to_owned).to_vec()];
    rows.extend(events.map(|event| show::event_cells(event).to_vec()));
    if rows.len() == 1 { "no events".to_owned() } else { table(&rows) }
}

fn set_cursor(question: &mut Value, answer: &Value) {
    if let (Some(question), Some(cursor)) = (question.as_object_mut(), answer.get("cursor")) {
        question.insert("cursor".to_owned(), cursor.clone());
    }
}

/// Prints every event as a line, a page at a time.
pub(super) fn export(filter: &FilterArguments, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let mut question = json!({ "query": "export" });
    filter.add_to(&mut question, output)?;
    let failed = |error: &std::io::Error| {
        output.error("cli.output", &format!("can't write to standard output: {error}"), None);
        Exit::Failed
    };
    let mut to = BufWriter::new(std::io::stdout().lock());
    loop {
        let answer = client.ask("POST", "/v1/analytics/query", Some(&question))?;
        let events = answer.get("events").and_then(Value::as_array).into_iter().flatten();
        let written = events.map(|event| writeln!(to, "{event}")).find(Result::is_err).unwrap_or_else(|| to.flush());
        match written {
            // A reader that has seen enough, such as `head`.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Ok),
            // Half an export must not pass for a whole one.
            Err(error) => return Err(failed(&error)),
            Ok(()) => {}
        }
        if answer.get("cursor").is_none_or(Value::is_null) {
            return Ok(Exit::Ok);
        }
        set_cursor(&mut question, &answer);
    }
}
