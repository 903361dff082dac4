//! Answers questions about the stored events, each on a thread and a connection of its own: reads block no write.
//!
//! `{"query":"timeline","user_id":U,"limit":N}` → `{"events":[{"id","name","timestamp_ms","properties"}]}`, newest first.
//! `{"query":"count","event":E}` → `{"count":N}`.

use std::path::{Path, PathBuf};

use outrigger_plugin_api::sdk::ProviderError;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::reader::{Reader, StoredEvent};

/// Most events of one answer: about 1 MiB of ordinary ones.
const LIMIT_MAX: u32 = 10_000;

/// The questions.
#[derive(Debug, Deserialize)]
#[serde(tag = "query", rename_all = "snake_case")]
enum Query {
    /// What a person did.
    Timeline {
        user_id: String,
        #[serde(default = "limit_default")]
        limit: u32,
    },
    /// How many events bear a name.
    Count { event: String },
}

const fn limit_default() -> u32 {
    100
}

/// Answers one question.
///
/// # Errors
/// `unsupported` for a question that is not listed above, `invalid` for one that lacks something, or what SQLite met.
pub(crate) async fn answer(path: PathBuf, request: Value) -> Result<Value, ProviderError> {
    let named = request.get("query").and_then(Value::as_str).unwrap_or_default();
    if !["timeline", "count"].contains(&named) {
        return Err(ProviderError::unsupported(&format!("answer `{named}`; it answers timeline and count")));
    }
    let query: Query =
        serde_json::from_value(request).map_err(|error| ProviderError::invalid(format!("the query: {error}")))?;
    let (reply, answered) = oneshot::channel();
    let body = move || drop(reply.send(run(&path, query)));
    std::thread::Builder::new()
        .name("sqlite-read".into())
        .spawn(body)
        .map_err(|error| ProviderError::internal(format!("can't start a thread: {error}")))?;
    answered.await.map_err(|_| ProviderError::internal("the reading thread ended without an answer"))?
}

fn run(path: &Path, query: Query) -> Result<Value, ProviderError> {
    let reader = Reader::open(path)?;
    match query {
        Query::Timeline { user_id, limit } => {
            let events = reader.timeline(&user_id, limit.min(LIMIT_MAX))?;
            Ok(json!({ "events": events.into_iter().map(shown).collect::<Vec<_>>() }))
        }
        Query::Count { event } => Ok(json!({ "count": reader.count(&event)? })),
    }
}

fn shown(event: StoredEvent) -> Value {
    let properties =
        event.props.and_then(|text| serde_json::from_str::<Value>(&text).ok()).unwrap_or_else(|| json!({}));
    json!({ "id": event.id, "name": event.name, "timestamp_ms": event.ts, "properties": properties })
}
