//! `outrigger call analytics`.

mod query;

use clap::Subcommand;
use serde_json::json;

use super::{post, properties};
use crate::door::cli::{Exit, arguments::OutputArguments, client::Client};

/// What to report or ask.
#[derive(Debug, Subcommand)]
pub enum AnalyticsCommand {
    /// Reports that a user did something
    Track {
        /// The user's id
        user: String,
        /// What happened
        event: String,
        /// Its properties, NAME=VALUE
        properties: Vec<String>,
    },
    /// Reports what is known of a user
    Identify {
        /// The user's id
        user: String,
        /// What is known, NAME=VALUE
        traits: Vec<String>,
    },
    /// Asks what was delivered, of a provider that keeps events
    #[command(subcommand)]
    Query(query::QueryCommand),
}

pub(super) fn call(command: AnalyticsCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let (path, body) = match command {
        AnalyticsCommand::Track { user, event, properties: pairs } => {
            ("track", json!({ "user_id": user, "event": event, "properties": properties(&pairs, output)? }))
        }
        AnalyticsCommand::Identify { user, traits } => {
            ("identify", json!({ "user_id": user, "traits": properties(&traits, output)? }))
        }
        AnalyticsCommand::Query(command) => return query::ask(command, client, output),
    };
    post(client, &format!("/v1/analytics/{path}"), &body, output)
}
