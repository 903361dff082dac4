//! The cache's other routes: time to live, counters, listing, clearing.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, State, rejection::BytesRejection},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{StatusCode, Uri};
use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{ExpireCondition, Expiry, Op, Reply, ScanRequest, Size},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Problem,
    answer::{Cleared, Filled, Page, Remaining, Sum},
    content_type::{self, TYPE_PREFIX},
    entry::{missing, one},
    input,
};
use crate::{cache::Cache, call::CallError, host::Host};

const TTL: &str = "/v1/cache/ttl/";
/// Keys looked at for one page where the client names no number.
const SCAN_COUNT_DEFAULT: u32 = 100;
/// Most keys one page may look at: some milliseconds of work.
const SCAN_COUNT_MAX: u32 = 10_000;

/// Most entries of a cache whose content types are counted for its size: some ten pages of a scan, tens of milliseconds.
const COUNTED_ENTRIES_MAX: u64 = 100_000;
/// Most pages of that count, where the provider's pages are smaller than asked for.
const COUNTED_PAGES_MAX: usize = 100;

/// The body of `PUT /v1/cache/ttl/{key}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Expire {
    /// How long the key lives from now, such as `30s`.
    ttl: String,
}

/// The body of `POST /v1/cache/increment/{key}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Increment {
    /// What to add; negative subtracts.
    #[serde(default = "by_default")]
    by: i64,
    /// How long a key that this creates lives.
    #[serde(default)]
    ttl: Option<String>,
}

const fn by_default() -> i64 {
    1
}

pub(super) async fn ttl(State(host): State<Host>, uri: Uri) -> Result<Json<Remaining>, Problem> {
    let key = input::key(&uri, TTL)?;
    match host.cache()?.run(Op::Ttl { key }).await? {
        Reply::Ttl(left) => Ok(Json(Remaining { ttl_ms: Some(u64::try_from(left.as_millis()).unwrap_or(u64::MAX)) })),
        Reply::Persistent => Ok(Json(Remaining { ttl_ms: None })),
        _ => Err(missing()),
    }
}

pub(super) async fn expire(
    State(host): State<Host>,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let (key, Expire { ttl }) = (input::key(&uri, TTL)?, input::json(&body?)?);
    let expiry = Expiry::In(input::ttl(Some(&ttl))?.unwrap_or_default());
    let typed = content_type::key(&key);
    let op = |key| Op::Expire { key, expiry, condition: ExpireCondition::Always };
    let cache = host.cache()?;
    let results = cache.batch(&[op(key), op(typed)]).await?;
    if one(&cache, results.into_iter().next())? == Reply::Yes { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

pub(super) async fn persist(State(host): State<Host>, uri: Uri) -> Result<StatusCode, Problem> {
    let key = input::key(&uri, TTL)?;
    let typed = content_type::key(&key);
    let ops = [Op::Exists { key: key.clone() }, Op::Persist { key }, Op::Persist { key: typed }];
    let cache = host.cache()?;
    let results = cache.batch(&ops).await?;
    if one(&cache, results.into_iter().next())? == Reply::Yes { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

pub(super) async fn increment(
    State(host): State<Host>,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Sum>, Problem> {
    let (key, body) = (input::key(&uri, "/v1/cache/increment/")?, body?);
    let Increment { by, ttl } = if body.is_empty() { Increment { by: 1, ttl: None } } else { input::json(&body)? };
    let value = host.cache()?.increment(key, by, input::ttl(ttl.as_deref())?).await?;
    Ok(Json(Sum { value }))
}

pub(super) async fn scan(
    State(host): State<Host>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Page>, Problem> {
    let text = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let count = match query.get("count") {
        None => SCAN_COUNT_DEFAULT,
        Some(count) => count
            .parse()
            .ok()
            .filter(|count| (1..=SCAN_COUNT_MAX).contains(count))
            .ok_or_else(|| Problem::invalid(format!("count is a number from 1 to {SCAN_COUNT_MAX}")))?,
    };
    let cursor = unhex(text("cursor")).ok_or_else(|| Problem::invalid("the cursor is not one this door gave"))?;
    let prefix = Bytes::copy_from_slice(text("prefix").as_bytes());
    let page = host.cache()?.scan(&ScanRequest { cursor: cursor.into(), prefix, count }).await?;
    let mut shown = Page { cursor: page.next.as_deref().map(hex), ..Page::default() };
    for key in page.keys.iter().filter(|key| !key.starts_with(TYPE_PREFIX)) {
        match std::str::from_utf8(key) {
            Ok(text) => shown.keys.push(text.to_owned()),
            Err(_) => shown.keys_base64.push(STANDARD.encode(key)),
        }
    }
    Ok(Json(shown))
}

pub(super) async fn clear(
    State(host): State<Host>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Cleared>, Problem> {
    let prefix = query.get("prefix").map(String::as_str).unwrap_or_default();
    if prefix.is_empty() && query.get("all").map(String::as_str) != Some("true") {
        return Err(Problem::invalid("an empty prefix clears everything: say all=true"));
    }
    let cache = host.cache()?;
    // First, so that a whole clear counts the entries alone.
    cache.clear([TYPE_PREFIX, prefix.as_bytes()].concat()).await?;
    Ok(Json(Cleared { deleted: cache.clear(prefix).await? }))
}

pub(super) async fn size(State(host): State<Host>) -> Result<Json<Filled>, Problem> {
    let cache = host.cache()?;
    let Size { entries, bytes } = cache.size().await?;
    let content_types = match entries {
        Some(entries) if entries <= COUNTED_ENTRIES_MAX => content_types(&cache).await?,
        _ => None,
    };
    let entries = entries.map(|entries| entries.saturating_sub(content_types.unwrap_or(0)));
    Ok(Json(Filled { entries, content_types, bytes }))
}

/// Counts the content types kept; none where the provider can't list keys, or where there are too many after all.
async fn content_types(cache: &Cache) -> Result<Option<u64>, Problem> {
    let (mut cursor, mut count, mut pages) = (Bytes::new(), 0_usize, 0);
    loop {
        let request = ScanRequest { cursor, prefix: TYPE_PREFIX.into(), count: SCAN_COUNT_MAX };
        let page = match cache.scan(&request).await {
            Err(CallError::Unsupported { .. }) => return Ok(None),
            page => page?,
        };
        (count, pages) = (count.saturating_add(page.keys.len()), pages + 1);
        match page.next {
            None => return Ok(u64::try_from(count).ok()),
            Some(_) if pages >= COUNTED_PAGES_MAX => return Ok(None),
            Some(next) => cursor = next,
        }
        // A page of a local cache is answered at once: others get their turn in between.
        tokio::task::yield_now().await;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [a, b] => Some(digit(a)? << 4 | digit(b)?),
            _ => None,
        })
        .collect()
}
