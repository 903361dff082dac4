//! What became of events, as a table: for posted events and for `outrigger receipt`.

use clap::Args;
use serde_json::Value;

use super::{
    Exit,
    arguments::{HostArguments, OutputArguments, SourceArguments},
    client::Client,
    output::table,
};
use crate::clock::rfc3339;

/// Which event.
#[derive(Debug, Args)]
pub struct ReceiptArguments {
    /// The event's id, as its acknowledgement gave it
    pub id: String,
    /// Where the host is.
    #[command(flatten)]
    pub host: HostArguments,
}

/// Shows what became of one event.
pub fn receipt(arguments: ReceiptArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let asked = Client::new(arguments.host.url, sources, output).and_then(|client| {
        let receipt = client.ask("GET", &format!("/v1/receipts/{}", arguments.id), None)?;
        output.answer(&receipt, || table(&rows(&receipt)));
        Ok(Exit::Ok)
    });
    asked.unwrap_or_else(|exit| exit)
}

/// Prints what became of posted events; each was accepted, or there would be no answer.
pub(super) fn print(answer: &Value, output: OutputArguments) -> Exit {
    output.answer(answer, || {
        let events = answer.get("events").and_then(Value::as_array);
        table(&events.into_iter().flatten().flat_map(rows).collect::<Vec<_>>())
    });
    Exit::Ok
}

/// Returns one row for each provider: id, provider, state, and why and when again where there is that to say.
fn rows(receipt: &Value) -> Vec<Vec<String>> {
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let row = |provider: &Value| {
        let again = provider.get("next_try_ms").and_then(Value::as_u64);
        let again = again.map(|unix_ms| format!("next try {}", rfc3339(unix_ms))).unwrap_or_default();
        let why = [text(provider, "reason"), again].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        vec![text(receipt, "id"), text(provider, "provider"), text(provider, "state"), why.join("; ")]
    };
    let providers = receipt.get("providers").and_then(Value::as_array);
    match providers {
        Some(providers) if !providers.is_empty() => providers.iter().map(row).collect(),
        _ => vec![vec![text(receipt, "id"), "accepted".to_owned()]],
    }
}

#[cfg(test)]
mod tests;
