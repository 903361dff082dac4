//! The plugin as a host uses it, in one binary, and what its tests share.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure ends the test")]

#[cfg(unix)]
mod crash;
mod faults;
mod questions;
mod store;
mod suite;

use std::path::{Path, PathBuf};

use analytics_internal::{Incoming, Internal, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, Host, HumanDuration, ProviderError,
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

const NOW_MS: u64 = 1_795_392_000_000;

fn record(body: Value) -> Record<Incoming> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: NOW_MS, attempt: 1, body }
}

fn track(event: &str, user: &str, ts: u64) -> Value {
    json!({"type": "track", "event": event, "user_id": user, "timestamp_ms": ts, "properties": {"n": ts}})
}

fn settings(path: &Path) -> Settings {
    let busy_timeout = HumanDuration(std::time::Duration::from_millis(50));
    Settings { path: path.to_owned(), busy_timeout, ..Settings::default() }
}

async fn start(settings: Settings) -> Result<Internal, ProviderError> {
    Internal::start(settings, Host::detached("internal")).await
}

async fn deliver(provider: &Internal, bodies: impl IntoIterator<Item = Value>) -> Vec<Verdict> {
    provider.deliver(Call::unbounded(), bodies.into_iter().map(record).collect()).await.unwrap()
}

async fn ask(provider: &Internal, question: Value) -> Value {
    provider.query(Call::unbounded(), question).await.unwrap()
}

/// Returns how many events bear the name.
async fn count(provider: &Internal, name: &str) -> u64 {
    let question = json!({ "query": "counts", "filter": { "events": [{ "name": name }] } });
    ask(provider, question).await["total"]["events"].as_u64().unwrap()
}

/// Returns a page of what a person did, newest first.
async fn timeline(provider: &Internal, user: &str, limit: u32) -> Vec<Value> {
    let question = json!({ "query": "timeline", "user_id": user, "limit": limit });
    ask(provider, question).await["events"].as_array().unwrap().clone()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.sqlite3");
    (folder, path)
}
