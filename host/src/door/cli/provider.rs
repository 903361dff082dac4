//! `outrigger provider` and `outrigger reload`: which providers the running host has.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    Exit,
    arguments::{HostArguments, OutputArguments, SourceArguments},
    client::Client,
    output::{plain, table},
};
use crate::clock::rfc3339;

/// What to do with providers.
#[derive(Debug, Args)]
pub struct ProviderArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ProviderCommand,
    /// Where the host's admin listener is.
    #[command(flatten)]
    pub host: HostArguments,
}

/// A kind, as a word.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum KindWord {
    /// Answers cache calls.
    Cache,
    /// Gets errors, events, logs, spans.
    Monitoring,
    /// Gets usage events.
    Analytics,
}

impl KindWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Monitoring => "monitoring",
            Self::Analytics => "analytics",
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// Lists the providers of the running host
    List,
    /// Selects the providers of a kind, in plugins.toml and in the running host
    Switch {
        /// Of which kind
        kind: KindWord,
        /// Which; none turns monitoring or analytics off
        #[arg(value_delimiter = ',')]
        providers: Vec<String>,
    },
    /// Adds a provider to those of its kind; a cache takes the place of the former
    Enable(One),
    /// Takes a provider away
    Disable(One),
    /// Puts back what was in force before the last operation
    Undo,
    /// Shows what was reloaded and switched since the host started, newest first
    Log,
}

/// One provider.
#[derive(Debug, Args)]
pub struct One {
    /// Its name
    provider: String,
    /// Its kind, where plugins of two kinds have that name
    #[arg(long)]
    kind: Option<KindWord>,
}

/// Does it.
pub fn provider(arguments: ProviderArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let ProviderArguments { command, host } = arguments;
    with(host, sources, output, |client| match command {
        ProviderCommand::List => client.ask("GET", "/v1/status", None).map(|status| list(&status, output)),
        ProviderCommand::Log => client.ask("GET", "/admin/v1/operations", None).map(|log| history(&log, output)),
        ProviderCommand::Undo => operation(client, "undo", None, output),
        ProviderCommand::Switch { kind, providers } => {
            let body = json!({ "kind": kind.as_str(), "providers": providers });
            operation(client, "switch", Some(&body), output)
        }
        ProviderCommand::Enable(one) => operation(client, "select", Some(&one.body(true)), output),
        ProviderCommand::Disable(one) => operation(client, "select", Some(&one.body(false)), output),
    })
}

/// Has the host read its configuration again.
pub fn reload(host: HostArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    with(host, sources, output, |client| operation(client, "reload", None, output))
}

impl One {
    fn body(&self, on: bool) -> Value {
        json!({ "provider": self.provider, "kind": self.kind.map(KindWord::as_str), "on": on })
    }
}

fn with(
    host: HostArguments,
    sources: &SourceArguments,
    output: OutputArguments,
    ask: impl FnOnce(&Client) -> Result<(), Exit>,
) -> Exit {
    let done = Client::admin(host.url, sources, output).and_then(|client| ask(&client));
    done.err().unwrap_or(Exit::Ok)
}

fn operation(client: &Client, path: &str, body: Option<&Value>, output: OutputArguments) -> Result<(), Exit> {
    let done = client.ask("POST", &format!("/admin/v1/{path}"), body)?;
    output.answer(&done, || told(&done));
    Ok(())
}

fn field(of: &Value, name: &str) -> String {
    match of.get(name) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => plain(text),
        Some(other) => other.to_string(),
    }
}

fn members<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Says what an operation changed.
fn told(operation: &Value) -> String {
    let mut lines = vec![format!("{} {}: in force", field(operation, "number"), field(operation, "what"))];
    for change in members(operation, "providers") {
        let (what, why) = (field(change, "what"), field(change, "why"));
        lines.push(format!("  {} {} {what}: {why}", field(change, "kind"), field(change, "provider")));
    }
    for value in members(operation, "values") {
        lines.push(format!("  {}: {} -> {}", field(value, "path"), field(value, "from"), field(value, "to")));
    }
    if lines.len() == 1 {
        lines.push("  nothing differs".to_owned());
    }
    lines.join("\n")
}

fn list(status: &Value, output: OutputArguments) {
    output.answer(status, || {
        let head = ["KIND", "PROVIDER", "STATE", "VERSION", "GENERATION", "IN FLIGHT"].map(str::to_owned).to_vec();
        let names = ["kind", "provider", "state", "version", "generation", "in_flight"];
        let row = |provider: &Value| names.iter().map(|name| field(provider, name)).collect();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(members(status, "providers").map(row)).collect();
        table(&rows)
    });
}

fn history(log: &Value, output: OutputArguments) {
    output.answer(log, || {
        let told: Vec<_> = members(log, "operations").map(entry).collect();
        if told.is_empty() { "nothing was reloaded or switched since the start".to_owned() } else { told.join("\n") }
    });
}

fn entry(operation: &Value) -> String {
    let at = operation.get("at_ms").and_then(Value::as_u64).unwrap_or_default();
    format!("{} by {}\n{}", rfc3339(at), field(operation, "by"), told(operation))
}
