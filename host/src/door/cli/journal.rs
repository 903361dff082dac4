//! `outrigger journal`: how the journal stands, whether it can be read, and replays.
#![expect(clippy::print_stderr, reason = "a replay's progress is for the person who waits, beside the answer")]

use std::{io::IsTerminal, time::Duration};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    Exit,
    arguments::{HostArguments, OutputArguments, SourceArguments},
    client::Client,
    output::table,
};

/// How often a replay is asked how it stands: a person sees it move.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// Characters of the progress bar.
const BAR: usize = 30;

/// What to do with the journal.
#[derive(Debug, Args)]
pub struct JournalArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: JournalCommand,
    /// Where the host is.
    #[command(flatten)]
    pub host: HostArguments,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Shows how the journal and each provider's deliveries stand
    Status,
    /// Reads every record that is held
    Verify,
    /// Sends a part of the journal to one provider once more
    Replay {
        /// To whom
        #[arg(long)]
        provider: String,
        /// From when: RFC 3339, or how long ago, such as 2h
        #[arg(long)]
        from: String,
        /// Until when, as --from [default: now]
        #[arg(long)]
        to: Option<String>,
        /// Only events with this text at this JSON pointer, such as /event=signed_up; may be repeated
        #[arg(long, value_name = "POINTER=TEXT")]
        filter: Vec<String>,
        /// Begins the replay and does not wait for its end
        #[arg(long)]
        no_wait: bool,
    },
}

/// Does it.
pub fn journal(arguments: JournalArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let done = Client::new(arguments.host.url, sources, output).and_then(|client| match arguments.command {
        JournalCommand::Status => {
            let status = client.ask("GET", "/v1/journal", None)?;
            output.answer(&status, || text(&status));
            Ok(Exit::Ok)
        }
        JournalCommand::Verify => {
            let verified = client.ask("POST", "/v1/journal/verify", None)?;
            let count = |name: &str| verified.get(name).cloned().unwrap_or_default();
            let (records, bytes, damaged) = (count("records"), count("bytes"), count("damaged"));
            output.answer(&verified, || format!("{records} records, {bytes} bytes, {damaged} damaged"));
            Ok(if damaged == json!(0) { Exit::Ok } else { Exit::Failed })
        }
        JournalCommand::Replay { provider, from, to, filter, no_wait } => {
            let filter = pairs(&filter, output)?;
            let body = json!({ "provider": provider, "from": from, "to": to, "filter": filter });
            let begun = client.ask("POST", "/v1/journal/replays", Some(&body))?;
            follow(&client, begun, no_wait, output)
        }
    });
    done.unwrap_or_else(|exit| exit)
}

fn pairs(filter: &[String], output: OutputArguments) -> Result<Map<String, Value>, Exit> {
    let pair = |text: &String| match text.split_once('=') {
        Some((pointer, wanted)) if pointer.starts_with('/') => Ok((pointer.to_owned(), wanted.into())),
        _ => {
            let help = "write POINTER=TEXT, such as /event=signed_up";
            output.error("cli.property", &format!("`{text}` is no filter"), Some(help));
            Err(Exit::Failed)
        }
    };
    filter.iter().map(pair).collect()
}

/// Waits for the end of a replay, showing how far it is where somebody looks. An interrupt ends the waiting only.
pub(super) fn follow(client: &Client, begun: Value, no_wait: bool, output: OutputArguments) -> Result<Exit, Exit> {
    let id = begun.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (mut progress, shown) = (begun, std::io::stderr().is_terminal() && !output.json());
    while !no_wait && progress.get("done") != Some(&Value::Bool(true)) {
        if shown {
            eprint!("\r{}", bar(&progress));
        }
        std::thread::sleep(ASK_EVERY);
        progress = client.ask("GET", &format!("/v1/journal/replays/{id}"), None)?;
    }
    if shown && !no_wait {
        eprintln!("\r{}", bar(&progress));
    }
    output.answer(&progress, || summary(&progress));
    Ok(if no_wait || number(&progress, "otherwise") == 0 { Exit::Ok } else { Exit::Failed })
}

fn number(value: &Value, field: &str) -> u64 {
    value.get(field).and_then(Value::as_u64).unwrap_or_default()
}

/// Draws how much was read and ended. The width never changes, so that a line can be drawn over.
fn bar(progress: &Value) -> String {
    let (total, begun) = (number(progress, "total").max(1), number(progress, "begun"));
    let read = total.saturating_sub(number(progress, "to_read"));
    let ended = number(progress, "delivered") + number(progress, "otherwise");
    // Read is half of the way, delivered the other.
    let part = |done: u64, of: u64| done.saturating_mul(BAR as u64) / of.max(1) / 2;
    let filled = usize::try_from(part(read, total) + part(ended, begun)).unwrap_or(BAR).min(BAR);
    let drawn = "#".repeat(filled);
    format!("[{drawn:-<BAR$}] {read:>10}/{total} read, {ended:>10}/{begun} ended")
}

fn summary(progress: &Value) -> String {
    let id = progress.get("id").and_then(Value::as_str).unwrap_or_default();
    let (delivered, otherwise) = (number(progress, "delivered"), number(progress, "otherwise"));
    match progress.get("done") {
        Some(Value::Bool(true)) => format!("replay {id}: {delivered} delivered, {otherwise} not"),
        _ => format!("replay {id} goes on in the host: GET /v1/journal/replays/{id}"),
    }
}

fn text(status: &Value) -> String {
    let shown = |value: &Value, field: &str| match value.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "?".to_owned(),
    };
    let of = |field: &str| shown(status, field);
    let mut lines = vec![
        format!("durability  {}", of("durability")),
        format!("positions   {} to {}", of("start"), of("end")),
        format!(
            "files       {}, {} of {} bytes; {} bytes free",
            of("files"),
            of("bytes"),
            of("bytes_max"),
            of("free_bytes")
        ),
        format!("damaged     {}", of("skipped")),
    ];
    if let Some(code) = status.get("code").and_then(Value::as_str) {
        lines.push(format!("trouble     {code}: {}", of("message")));
    }
    let heads = ["PROVIDER", "KIND", "CURSOR", "BEHIND", "HELD", "OLDEST", "DEAD", "LOST"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for lane in status.get("lanes").and_then(Value::as_array).into_iter().flatten() {
        let age = Duration::from_millis(number(lane, "oldest_ms")).as_secs_f64();
        let oldest = if number(lane, "held") == 0 { "-".to_owned() } else { format!("{age:.1} s") };
        let cell = |field: &str| shown(lane, field);
        rows.push(vec![
            cell("provider"),
            cell("kind"),
            cell("cursor"),
            cell("behind"),
            cell("held"),
            oldest,
            cell("dead_letters"),
            cell("lost"),
        ]);
    }
    lines.extend([String::new(), table(&rows)]);
    lines.join("\n")
}

#[cfg(test)]
mod tests;
