//! `outrigger call`: one call to a provider, through the running host.

mod analytics;
mod cache;
mod monitoring;

use clap::Subcommand;
use serde_json::Value;

use super::{
    Exit,
    arguments::{CallArguments, OutputArguments, SourceArguments},
    client::Client,
    receipt,
};

/// How long a posted event's deliveries are waited for: longer than most take, shorter than a person minds.
const WAIT: &str = "5s";

/// What to call.
#[derive(Debug, Subcommand)]
pub enum CallCommand {
    /// Reads and writes the cache
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Reports errors, events and log lines
    #[command(subcommand)]
    Monitoring(monitoring::MonitoringCommand),
    /// Reports what users do, and asks what they did
    #[command(subcommand)]
    Analytics(analytics::AnalyticsCommand),
}

/// Makes one call.
pub fn call(arguments: CallArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let client = match Client::new(arguments.host.url, sources, output) {
        Ok(client) => client,
        Err(exit) => return exit,
    };
    let done = match arguments.command {
        CallCommand::Cache(command) => cache::call(command, &client, output),
        CallCommand::Monitoring(command) => monitoring::call(command, &client, output),
        CallCommand::Analytics(command) => analytics::call(command, &client, output),
    };
    done.unwrap_or_else(|exit| exit)
}

/// Posts an event, and waits a moment so that the answer tells what became of it.
fn post(client: &Client, path: &str, body: &Value, output: OutputArguments) -> Result<Exit, Exit> {
    let answer = client.ask("POST", &format!("{path}?wait=delivered&timeout={WAIT}"), Some(body))?;
    Ok(receipt::print(&answer, output))
}

/// Reads `name=value` pairs: a value that is JSON is taken as such, else as text.
fn properties(pairs: &[String], output: OutputArguments) -> Result<serde_json::Map<String, Value>, Exit> {
    let mut object = serde_json::Map::new();
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            let message = format!("`{pair}` is no property");
            output.error("cli.property", &message, Some("write NAME=VALUE, such as plan=pro or seats=3"));
            return Err(Exit::Failed);
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        object.insert(name.to_owned(), value);
    }
    Ok(object)
}
