//! What became of events: receipts, the journal and its replays, dead letters.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::BytesRejection, rejection::QueryRejection},
};
use http::StatusCode;
use outrigger_plugin_api::sdk::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Problem, input};
use crate::{
    clock,
    deliver::{DeadLetter, Deliveries, Filter, JournalStatus, Lane, Receipt, ReplayProgress, Span},
    host::Host,
};

type Body = Result<Bytes, BytesRejection>;

/// Dead letters of one page, unless the client asks for fewer.
const LETTERS: usize = 100;
/// Most dead letters of one page: each can have a megabyte.
const LETTERS_MAX: usize = 1_000;

fn missing(what: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "delivery.missing", what)
}

/// `GET /v1/receipts/{id}`.
pub(super) async fn receipt(State(host): State<Host>, Path(id): Path<String>) -> Result<Json<Receipt>, Problem> {
    let id = Uuid::try_parse(&id).map_err(|_| Problem::invalid("an event's id is a UUID"))?;
    let receipt = host.deliveries()?.receipt(id).await?;
    receipt.map(Json).ok_or_else(|| missing("the journal holds no event with this id: it never came, or is too old"))
}

/// `GET /v1/journal`.
pub(super) async fn journal(State(host): State<Host>) -> Result<Json<JournalStatus>, Problem> {
    Ok(Json(host.deliveries()?.status()))
}

/// `POST /v1/journal/verify`: reads every record that is held.
pub(super) async fn verify(State(host): State<Host>) -> Result<Json<Value>, Problem> {
    let verified = host.deliveries()?.verify().await?;
    Ok(Json(json!({ "records": verified.records, "bytes": verified.bytes, "damaged": verified.damaged })))
}

/// What is to be replayed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayAsked {
    /// To whom.
    provider: String,
    /// RFC 3339, or how long ago, such as `2h`.
    from: String,
    /// As `from`; absent = now.
    to: Option<String>,
    /// JSON pointers into events with the text that must stand there.
    #[serde(default)]
    filter: std::collections::BTreeMap<String, String>,
}

/// `POST /v1/journal/replays`.
pub(super) async fn replay(
    State(host): State<Host>,
    body: Body,
) -> Result<(StatusCode, Json<ReplayProgress>), Problem> {
    let asked: ReplayAsked = input::json(&body?)?;
    let from_ms = time(&asked.from)?;
    let to_ms = asked.to.as_deref().map(time).transpose()?;
    let filter = Filter { equals: asked.filter.into_iter().collect() };
    let replay = host.deliveries()?.replay(&asked.provider, Span { from_ms, to_ms }, filter)?;
    Ok((StatusCode::ACCEPTED, Json(replay.progress())))
}

/// `GET /v1/journal/replays/{id}`.
pub(super) async fn replayed(
    State(host): State<Host>,
    Path(id): Path<String>,
) -> Result<Json<ReplayProgress>, Problem> {
    let id = Uuid::try_parse(&id).map_err(|_| Problem::invalid("a replay's id is a UUID"))?;
    let replay = host.deliveries()?.replay_of(id);
    replay.map(|replay| Json(replay.progress())).ok_or_else(|| missing("no such replay was begun since the start"))
}

fn time(text: &str) -> Result<u64, Problem> {
    moment(text).map_err(Problem::invalid)
}

/// Reads a moment as people write it; the error is what the text is not.
pub(super) fn moment(text: &str) -> Result<u64, String> {
    if let Some(unix_ms) = clock::parse_rfc3339(text) {
        return Ok(unix_ms);
    }
    let ago = outrigger_plugin_api::units::parse_duration(text).map_err(|_| {
        format!("{text:?} is neither RFC 3339, such as 2026-11-23T10:00:00Z, nor how long ago, such as 2h")
    })?;
    Ok(clock::unix_ms().saturating_sub(u64::try_from(ago.as_millis()).unwrap_or(u64::MAX)))
}

/// A provider's dead letters.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Letters {
    /// Whose.
    provider: String,
    /// How many there are.
    count: usize,
}

/// `GET /v1/deadletters`.
pub(super) async fn letters(State(host): State<Host>) -> Result<Json<Vec<Letters>>, Problem> {
    let of = |lane: &Arc<Lane>| Letters { provider: lane.name().to_owned(), count: lane.dead.count() };
    Ok(Json(host.deliveries()?.lanes().iter().map(of).collect()))
}

/// A page of dead letters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Page {
    after: u64,
    count: Option<usize>,
}

/// `GET /v1/deadletters/{provider}`.
pub(super) async fn list(
    State(host): State<Host>,
    Path(provider): Path<String>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = page?;
    let lane = lane(&host.deliveries()?, &provider)?;
    let found = lane.dead.list(page.after, page.count.unwrap_or(LETTERS).min(LETTERS_MAX)).await;
    let found = found.map_err(crate::call::CallError::from)?;
    let shown = |(number, letter): &(u64, DeadLetter)| {
        let mut shown = json!(letter);
        if let Some(object) = shown.as_object_mut() {
            object.insert("number".into(), json!(number));
        }
        shown
    };
    let letters: Vec<_> = found.iter().map(shown).collect();
    Ok(Json(json!({ "provider": provider, "count": lane.dead.count(), "letters": letters })))
}

/// Which dead letters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Their numbers.
    #[serde(default)]
    numbers: Vec<u64>,
    /// All of them.
    #[serde(default)]
    all: bool,
}

impl Which {
    fn read(body: &[u8]) -> Result<Option<Vec<u64>>, Problem> {
        let which: Self = input::json(body)?;
        match (which.all, which.numbers.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(which.numbers)),
            _ => Err(Problem::invalid("say which: either `numbers` or `\"all\": true`")),
        }
    }
}

/// `POST /v1/deadletters/{provider}/replay`.
pub(super) async fn again(
    State(host): State<Host>,
    Path(provider): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<ReplayProgress>), Problem> {
    let deliveries = host.deliveries()?;
    lane(&deliveries, &provider)?;
    let replay = deliveries.replay_dead(&provider, Which::read(&body?)?).await?;
    Ok((StatusCode::ACCEPTED, Json(replay.progress())))
}

/// `POST /v1/deadletters/{provider}/purge`.
pub(super) async fn purge(
    State(host): State<Host>,
    Path(provider): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let lane = lane(&host.deliveries()?, &provider)?;
    let numbers = Which::read(&body?)?.unwrap_or_else(|| lane.dead.all());
    let purged = lane.dead.close(numbers).await.map_err(crate::call::CallError::from)?;
    Ok(Json(json!({ "purged": purged })))
}

fn lane(deliveries: &Deliveries, provider: &str) -> Result<Arc<Lane>, Problem> {
    let lane = deliveries.lane(provider);
    lane.ok_or_else(|| missing(format!("no monitoring or analytics provider is called `{provider}`")))
}
