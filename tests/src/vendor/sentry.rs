//! Sentry's ingestion: takes envelopes by the letter of the protocol, and answers as Relay does.
//!
//! Source: develop.sentry.dev, "Envelopes" and "Rate Limiting", read 2026-11-22.

#![expect(clippy::indexing_slicing, reason = "indexing JSON that lacks the member gives null")]

use serde_json::{Value, json};

use super::{Answer, Request};

/// The public key that this server knows.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";
/// Largest event and log, in bytes.
const ITEM_BYTES_MAX: usize = 1_000_000;

/// One item of an envelope.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its header.
    pub header: Value,
    /// Its payload.
    pub payload: Value,
}

/// Reads an envelope strictly: lengths must be exact, items of a container as many as announced.
///
/// # Errors
/// What is wrong, as text.
pub fn read(body: &[u8]) -> Result<(Value, Vec<Item>), String> {
    let mut rest = body;
    let header = line(&mut rest).ok_or("no envelope header")?;
    let header: Value = serde_json::from_slice(header).map_err(|error| format!("envelope header: {error}"))?;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let head = line(&mut rest).unwrap_or_default();
        if head.is_empty() && rest.is_empty() {
            break;
        }
        let header: Value = serde_json::from_slice(head).map_err(|error| format!("item header: {error}"))?;
        let length = header["length"].as_u64().and_then(|length| usize::try_from(length).ok());
        let payload = match length {
            Some(length) => {
                let (payload, after) = rest.split_at_checked(length).ok_or("an item is cut short")?;
                rest = match after.split_first() {
                    None => after,
                    Some((b'\n', after)) => after,
                    Some(_) => return Err("an item is longer than its length".into()),
                };
                payload
            }
            None => line(&mut rest).unwrap_or_default(),
        };
        let payload: Value = serde_json::from_slice(payload).map_err(|error| format!("payload: {error}"))?;
        items.push(Item { header, payload });
    }
    Ok((header, items))
}

fn line<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (line, after) = rest.split_at(end);
    *rest = after.get(1..).unwrap_or_default();
    Some(line)
}

/// Answers a request as Sentry does.
pub fn answer(request: &Request) -> Answer {
    let refused = |status, detail: &str| Answer::json(status, &json!({ "detail": detail }));
    if request.method != "POST" || request.path != "/api/42/envelope/" {
        return refused(404, "no such project");
    }
    let auth = request.header("x-sentry-auth").unwrap_or_default();
    if !auth.starts_with("Sentry ") || !auth.contains("sentry_version=7") {
        return refused(401, "missing authorization information");
    }
    if !auth.contains(&format!("sentry_key={KEY},")) {
        return refused(403, &format!("bad sentry DSN public key: {auth}"));
    }
    match read(&request.body).and_then(|(header, items)| check(&header, &items).map(|()| header)) {
        Ok(header) => {
            let id = header["event_id"].as_str().map(|id| id.replace('-', ""));
            Answer::json(200, &id.map_or_else(|| json!({}), |id| json!({ "id": id })))
        }
        Err(detail) => refused(400, &detail).header("x-sentry-error", &detail),
    }
}

fn check(header: &Value, items: &[Item]) -> Result<(), String> {
    let alone = items.iter().filter(|item| matches!(item.header["type"].as_str(), Some("event" | "transaction")));
    if alone.count() > 1 {
        return Err("more than one event in an envelope".into());
    }
    if !header["sent_at"].is_string() {
        return Err("no sent_at".into());
    }
    for Item { header, payload } in items {
        let kind = header["type"].as_str().unwrap_or_default();
        let bytes = payload.to_string().len();
        match kind {
            "event" | "transaction" if bytes > ITEM_BYTES_MAX => return Err("event is too large".into()),
            "event" | "transaction" if payload["event_id"].as_str().is_none_or(|id| id.len() != 32) => {
                return Err("event_id is no id".into());
            }
            "log" => {
                let items = payload["items"].as_array().ok_or("a container without items")?;
                let announced = header["item_count"].as_u64().and_then(|count| usize::try_from(count).ok());
                if announced != Some(items.len()) {
                    return Err(format!("item_count is {announced:?}, there are {} items", items.len()));
                }
                if items.iter().any(|log| !log["trace_id"].is_string() || !log["timestamp"].is_number()) {
                    return Err("a log without trace or time".into());
                }
            }
            "session" if payload["attrs"]["release"].as_str().is_none_or(str::is_empty) => {
                return Err("a session without release".into());
            }
            "check_in" if payload["monitor_slug"].as_str().is_none_or(|slug| slug.len() > 50) => {
                return Err("no monitor slug".into());
            }
            "event" | "transaction" | "session" | "check_in" => {}
            other => return Err(format!("unknown item type {other}")),
        }
    }
    Ok(())
}
