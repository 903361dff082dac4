//! `outrigger call analytics`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{post, properties};
use crate::{
    clock::rfc3339,
    door::cli::{Exit, arguments::OutputArguments, client::Client, output::table},
};

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
    /// Shows what a user did, newest first
    Timeline {
        /// The user's id
        user: String,
        /// Most events shown
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// Which provider to ask [default: the first that answers queries]
        #[arg(long)]
        provider: Option<String>,
    },
}

pub(super) fn call(command: AnalyticsCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let (path, body) = match command {
        AnalyticsCommand::Track { user, event, properties: pairs } => {
            ("track", json!({ "user_id": user, "event": event, "properties": properties(&pairs, output)? }))
        }
        AnalyticsCommand::Identify { user, traits } => {
            ("identify", json!({ "user_id": user, "traits": properties(&traits, output)? }))
        }
        AnalyticsCommand::Timeline { user, limit, provider } => {
            let query = json!({ "query": "timeline", "user_id": user, "limit": limit, "provider": provider });
            let answer = client.ask("POST", "/v1/analytics/query", Some(&query))?;
            output.answer(&answer, || timeline(&answer));
            return Ok(Exit::Ok);
        }
    };
    post(client, &format!("/v1/analytics/{path}"), &body, output)
}

fn timeline(answer: &Value) -> String {
    let events = answer.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
    if events.is_empty() {
        return "no events".into();
    }
    let mut rows = vec![["TIME", "NAME", "PROPERTIES"].map(str::to_owned).to_vec()];
    rows.extend(events.iter().map(|event| {
        let properties = event.get("properties").filter(|p| p.as_object().is_some_and(|o| !o.is_empty()));
        let properties = properties.map(Value::to_string).unwrap_or_default();
        let time = event.get("timestamp_ms").and_then(Value::as_u64).map(rfc3339).unwrap_or_default();
        let name = event.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        vec![time, name, properties]
    }));
    table(&rows)
}
