//! Records for the cases.

use std::sync::LazyLock;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Promise, RawRecord};
use crate::manifest::Kind;
use crate::sdk::{Moment, analytics, monitoring};

/// Returns the time at which the records came, one for all of a run: some vendors take no record that is older than a few
/// days, so it is no constant.
fn now_ms() -> u64 {
    static NOW: LazyLock<Moment> = LazyLock::new(Moment::now);
    NOW.0
}

/// Returns a record of this JSON with an id of its own.
pub(super) fn record(sort: u16, body: &Value) -> RawRecord {
    raw(sort, body.to_string())
}

/// Returns a record of this text, JSON or not.
pub(super) fn raw(sort: u16, body: impl Into<bytes::Bytes>) -> RawRecord {
    RawRecord { id: Uuid::now_v7(), received_at_ms: now_ms(), sort, attempt: 1, body: body.into() }
}

/// Returns the sorts that this kind knows and the provider takes.
pub(super) fn sorts(promise: &Promise) -> Vec<u16> {
    (1..=6).filter(|sort| promise.sorts.has(*sort)).collect()
}

/// Returns a good record of the sort, with `text` in it.
pub(super) fn good(kind: Kind, sort: u16, text: &str) -> RawRecord {
    record(sort, &if kind == Kind::Analytics { analytics_body(sort, text) } else { monitoring_body(sort, text) })
}

/// Returns a good record of the first sort the provider takes.
pub(super) fn any(promise: &Promise, text: &str) -> RawRecord {
    good(promise.kind, sorts(promise).first().copied().unwrap_or(1), text)
}

fn analytics_body(sort: u16, text: &str) -> Value {
    let mut body = match sort {
        analytics::sort::TRACK => json!({"type": "track", "event": "Order Completed", "properties": {"note": text}}),
        analytics::sort::IDENTIFY => json!({"type": "identify", "traits": {"name": text}}),
        analytics::sort::PAGE => json!({"type": "page", "name": "Home", "properties": {"title": text}}),
        analytics::sort::SCREEN => json!({"type": "screen", "name": "Home", "properties": {"title": text}}),
        analytics::sort::GROUP => json!({"type": "group", "group_id": "g1", "traits": {"name": text}}),
        _ => json!({"type": "alias", "previous_id": format!("anonymous {text}")}),
    };
    // Past the identity, every call carries the same.
    if let Some(object) = body.as_object_mut() {
        object.insert("user_id".to_owned(), "u1".into());
        object.insert("context".to_owned(), json!({"locale": "en"}));
    }
    body
}

fn monitoring_body(sort: u16, text: &str) -> Value {
    match sort {
        monitoring::sort::ERROR => json!({
            "type": "error",
            "exceptions": [{"type": "AppError", "value": text, "frames": [{"function": "main", "line": 1}]},
                           {"type": "io::Error", "value": "refused"}],
            "tags": {"note": text},
        }),
        monitoring::sort::EVENT => json!({"type": "event", "name": "deployed", "properties": {"note": text}}),
        monitoring::sort::LOG => json!({"type": "log", "message": text, "severity": "info"}),
        monitoring::sort::SPAN => json!({"type": "span", "name": "GET /", "operation": "http.server",
            "start_us": now_ms() * 1000, "duration_us": 1500, "status": "ok", "fields": {"note": text}}),
        monitoring::sort::CHECK_IN => json!({"type": "check_in", "monitor": text, "status": "ok"}),
        _ => json!({"type": "session", "session_id": text, "status": "ok"}),
    }
}
