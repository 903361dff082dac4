//! The plugin over a real PostgreSQL, in one binary, and what its tests share.
#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

mod outage;
mod questions;
mod store;
mod suite;

use analytics_postgres::{Postgres, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, Host, ProviderError,
    analytics::Event,
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

const NOW_MS: u64 = 1_795_392_000_000;

fn record(body: Value) -> Record<Event> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: NOW_MS, attempt: 1, body }
}

fn track(event: &str, user: &str, ts: u64) -> Value {
    json!({"type": "track", "event": event, "user_id": user, "timestamp_ms": ts, "properties": {"n": ts}})
}

fn settings(url: &str, more: Value) -> Settings {
    let mut all = json!({ "url": url });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

async fn start(url: &str) -> Postgres {
    Postgres::start(settings(url, json!({})), Host::detached("postgres")).await.unwrap()
}

async fn deliver(provider: &Postgres, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
    provider.deliver(Call::unbounded(), batch).await
}
