//! `outrigger call`: one call to a provider, through the running host.

mod analytics;
mod cache;
mod monitoring;
mod report;

use clap::Subcommand;

use super::{
    Exit,
    arguments::{CallArguments, OutputArguments, SourceArguments},
    client::Client,
};

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
    let client = match Client::new(arguments.url, sources, output) {
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

/// Reads `name=value` pairs: a value that is JSON is taken as such, else as text.
fn properties(pairs: &[String], output: OutputArguments) -> Result<serde_json::Map<String, serde_json::Value>, Exit> {
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
