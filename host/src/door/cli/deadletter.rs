//! `outrigger deadletter`: what providers would not take.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Exit,
    arguments::{HostArguments, OutputArguments, SourceArguments},
    client::Client,
    journal::follow,
    output::table,
};
use crate::clock::rfc3339;

/// What to do with dead letters.
#[derive(Debug, Args)]
pub struct DeadLetterArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: DeadLetterCommand,
    /// Where the host is.
    #[command(flatten)]
    pub host: HostArguments,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum DeadLetterCommand {
    /// Lists how many there are, or those of one provider, oldest first
    List {
        /// Whose
        provider: Option<String>,
        /// The last number of the page before
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Most letters shown
        #[arg(long, default_value_t = 100)]
        count: usize,
    },
    /// Shows one with its event and the provider's words
    Show {
        /// Whose
        provider: String,
        /// Its number
        number: u64,
    },
    /// Sends some once more
    Replay {
        /// Whose and which.
        #[command(flatten)]
        which: Which,
        /// Begins it and does not wait for its end
        #[arg(long)]
        no_wait: bool,
    },
    /// Lets some go for ever
    Purge(Which),
}

/// Whose and which.
#[derive(Debug, Args)]
pub struct Which {
    /// Whose
    provider: String,
    /// Their numbers
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    numbers: Vec<u64>,
    /// All of them
    #[arg(long)]
    all: bool,
}

impl Which {
    fn body(&self) -> Value {
        if self.all { json!({ "all": true }) } else { json!({ "numbers": self.numbers }) }
    }
}

/// Does it.
pub fn deadletter(arguments: DeadLetterArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let client = Client::new(arguments.host.url, sources, output);
    client.and_then(|client| run(arguments.command, &client, output)).unwrap_or_else(|exit| exit)
}

fn run(command: DeadLetterCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    match command {
        DeadLetterCommand::List { provider: None, .. } => {
            let counts = client.ask("GET", "/v1/deadletters", None)?;
            output.answer(&counts, || counted(&counts));
        }
        DeadLetterCommand::List { provider: Some(provider), after, count } => {
            let path = format!("/v1/deadletters/{provider}?after={after}&count={count}");
            let page = client.ask("GET", &path, None)?;
            output.answer(&page, || listed(&page));
        }
        DeadLetterCommand::Show { provider, number } => {
            let path = format!("/v1/deadletters/{provider}?after={}&count=1", number.saturating_sub(1));
            let page = client.ask("GET", &path, None)?;
            let letter = page.pointer("/letters/0").filter(|letter| letter.get("number") == Some(&json!(number)));
            let Some(letter) = letter else {
                let message = format!("`{provider}` has no dead letter {number}");
                output.error("delivery.missing", &message, Some("`outrigger deadletter list` shows their numbers"));
                return Err(Exit::NotFound);
            };
            output.answer(letter, || format!("{letter:#}"));
        }
        DeadLetterCommand::Replay { which, no_wait } => {
            let path = format!("/v1/deadletters/{}/replay", which.provider);
            let begun = client.ask("POST", &path, Some(&which.body()))?;
            return follow(client, begun, no_wait, output);
        }
        DeadLetterCommand::Purge(which) => {
            let path = format!("/v1/deadletters/{}/purge", which.provider);
            let purged = client.ask("POST", &path, Some(&which.body()))?;
            output.answer(&purged, || format!("{} purged", purged.get("purged").cloned().unwrap_or_default()));
        }
    }
    Ok(Exit::Ok)
}

fn cell(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

fn counted(counts: &Value) -> String {
    let mut rows = vec![["PROVIDER", "COUNT"].map(str::to_owned).to_vec()];
    let counts = counts.as_array().into_iter().flatten();
    rows.extend(counts.map(|of| vec![cell(of, "provider"), cell(of, "count")]));
    table(&rows)
}

fn listed(page: &Value) -> String {
    let letters = page.get("letters").and_then(Value::as_array).cloned().unwrap_or_default();
    if letters.is_empty() {
        return "no dead letters".into();
    }
    let mut rows = vec![["NUMBER", "GIVEN UP", "TRIES", "CODE", "EVENT", "REASON"].map(str::to_owned).to_vec()];
    rows.extend(letters.iter().map(|letter| {
        let given_up = letter.get("given_up_ms").and_then(Value::as_u64).map(rfc3339).unwrap_or_default();
        let fields = ["code", "id", "reason"].map(|field| cell(letter, field));
        let [code, id, reason] = fields;
        vec![cell(letter, "number"), given_up, cell(letter, "attempts"), code, id, reason]
    }));
    table(&rows)
}

#[cfg(test)]
mod tests;
