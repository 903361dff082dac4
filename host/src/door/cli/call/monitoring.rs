//! `outrigger call monitoring`.

use clap::Subcommand;
use serde_json::json;

use super::{post, properties};
use crate::door::cli::{Exit, arguments::OutputArguments, client::Client};

/// What to report.
#[derive(Debug, Subcommand)]
pub enum MonitoringCommand {
    /// Reports an error
    Error {
        /// The error's text
        message: String,
        /// The error's type
        #[arg(long, default_value = "Error")]
        r#type: String,
        /// More about it, NAME=VALUE
        #[arg(long = "extra", value_name = "NAME=VALUE")]
        extra: Vec<String>,
    },
    /// Reports a named event
    Event {
        /// Its name
        name: String,
        /// Its properties, NAME=VALUE
        properties: Vec<String>,
    },
    /// Reports a log line
    Log {
        /// The text
        message: String,
        /// debug, info, warning, error or fatal
        #[arg(long, default_value = "info")]
        severity: String,
        /// Its fields, NAME=VALUE
        #[arg(long = "field", value_name = "NAME=VALUE")]
        fields: Vec<String>,
    },
}

pub(super) fn call(command: MonitoringCommand, client: &Client, output: OutputArguments) -> Result<Exit, Exit> {
    let (path, body) = match command {
        MonitoringCommand::Error { message, r#type, extra } => {
            let exceptions = json!([{ "type": r#type, "value": message }]);
            ("errors", json!({ "exceptions": exceptions, "handled": true, "extra": properties(&extra, output)? }))
        }
        MonitoringCommand::Event { name, properties: pairs } => {
            ("events", json!({ "name": name, "properties": properties(&pairs, output)? }))
        }
        MonitoringCommand::Log { message, severity, fields } => {
            ("logs", json!({ "message": message, "severity": severity, "fields": properties(&fields, output)? }))
        }
    };
    post(client, &format!("/v1/monitoring/{path}"), &body, output)
}
