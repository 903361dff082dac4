//! What a server's answer means to the records of its request.
//!
//! Source: opentelemetry.io, "OTLP Specification", section "OTLP/HTTP Response", read 2026-11-23.

use outrigger_plugin_api::sdk::{
    ErrorKind, ProviderError,
    http::{Response, excerpt},
    sink::Verdict,
};
use prost::Message;
use serde_json::Value;

use crate::wire::{Partial, Refusal, Taken};

/// The content type of requests, and of answers.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";

/// Returns the verdict of all `records` of the request; `hide` takes secrets out of what the server says.
///
/// # Errors
/// Where the request as a whole is to be sent again, mended or halved.
pub(crate) fn verdict(
    response: &Response,
    records: usize,
    hide: impl Fn(&str) -> String,
) -> Result<Verdict, ProviderError> {
    let status = response.status;
    let says = |text: String| match hide(&text).trim() {
        "" => format!("answered {status}"),
        text => format!("answered {status}: {}", excerpt(text.as_bytes())),
    };
    let error = |kind| {
        let mut error = ProviderError::new(kind, says(refusal(response)));
        error.retry_after = response.retry_after();
        Err(error)
    };
    match status {
        200..=299 => Ok(taken(response, records, says)),
        429 => error(ErrorKind::Overloaded),
        // After 502 and 504 the server may have it; the specification asks to send again nonetheless.
        502..=504 => error(ErrorKind::Unavailable),
        // Nothing was judged but the credentials or the address: what was kept can be sent once they are mended.
        300..=399 | 401 | 403 => error(ErrorKind::Refused),
        // Never the same request again; halves of it are others.
        413 if records > 1 => error(ErrorKind::Invalid),
        _ => Ok(Verdict::Rejected(says(refusal(response)))),
    }
}

fn taken(response: &Response, records: usize, says: impl Fn(String) -> String) -> Verdict {
    let Some(partial) = partial(response) else {
        let reason = says("something that is no answer of OTLP".to_owned());
        tracing::warn!(reason, "took records, but nobody knows whether it is an OTLP server");
        return Verdict::AcceptedUnverified;
    };
    let Partial { rejected, error_message } = partial;
    let rejected = usize::try_from(rejected).unwrap_or(0);
    if rejected >= records {
        let why = if error_message.is_empty() { "no reason given".to_owned() } else { error_message };
        return Verdict::DroppedByVendor(says(format!("all records were rejected: {why}")));
    }
    if rejected > 0 {
        // Which ones, the protocol does not say, and sending all again is forbidden.
        tracing::warn!(
            rejected,
            records,
            reason = says(error_message),
            "the server rejected some records of a request"
        );
        return Verdict::AcceptedUnverified;
    }
    if !error_message.is_empty() {
        tracing::warn!(reason = says(error_message), "the server took all records, with a warning");
    }
    Verdict::Delivered
}

/// Returns what the server says of records that it rejected; `None` where the body is no answer of OTLP.
///
/// An empty body is the answer without members. JSON counts where the server says that it is JSON: some answer so to
/// everyone. Anything else, such as a proxy's page, does not.
fn partial(response: &Response) -> Option<Partial> {
    if response.body.is_empty() {
        return Some(Partial::default());
    }
    match media(response) {
        "application/json" => json(&serde_json::from_slice(&response.body).ok()?),
        PROTOBUF | "application/protobuf" | "application/octet-stream" | "" => {
            Some(Taken::decode(&response.body[..]).ok()?.partial_success.unwrap_or_default())
        }
        _ => None,
    }
}

/// Reads the JSON form, where a number of 64 bits is a text and a member may be null.
fn json(body: &Value) -> Option<Partial> {
    let members = body.as_object()?;
    let Some(partial) = members.get("partialSuccess").filter(|partial| !partial.is_null()) else {
        return Some(Partial::default());
    };
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let rejected = ["rejectedLogRecords", "rejectedSpans"].iter().find_map(|name| partial.get(name));
    let message = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
    Some(Partial { rejected: rejected.and_then(number).unwrap_or(0), error_message: message.to_owned() })
}

/// Returns what a refusal says: a `google.rpc.Status` where it is protobuf, else its text.
fn refusal(response: &Response) -> String {
    let status = (media(response) == PROTOBUF).then(|| Refusal::decode(&response.body[..]).ok()).flatten();
    status.map_or_else(|| String::from_utf8_lossy(&response.body).into_owned(), |status| status.message)
}

/// Returns the content type without parameters; empty where there is none.
fn media(response: &Response) -> &str {
    let header = response.header("content-type").unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests;
