//! What the cache's routes answer as JSON; the OpenAPI document takes its schemas from here.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What is left of a key's life.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Remaining {
    /// Milliseconds; null without a deadline.
    pub(super) ttl_ms: Option<u64>,
}

/// What an increment made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sum {
    /// The sum.
    pub(super) value: i64,
}

/// One page of a scan.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Page {
    /// Keys that are text, in no order; a page may be empty before the end.
    pub(super) keys: Vec<String>,
    /// Keys that are no UTF-8 text, in base64.
    pub(super) keys_base64: Vec<String>,
    /// What the next page is asked with; null at the end.
    pub(super) cursor: Option<String>,
}

/// What clearing did.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Cleared {
    /// How many keys there were.
    pub(super) deleted: u64,
}

/// How much the cache holds; null where the provider can't tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Filled {
    /// Entries; without the content types kept beside them, where these could be counted.
    pub(super) entries: Option<u64>,
    /// Content types kept beside entries; null where the provider can't list keys or there are more than 100,000
    /// entries: then `entries` counts them too.
    pub(super) content_types: Option<u64>,
    /// Bytes of everything, as the provider counts them.
    pub(super) bytes: Option<u64>,
}

/// What became of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ran {
    /// False where a watched key had changed: then nothing ran.
    pub(super) ran: bool,
    /// One for each operation, in order.
    #[schemars(with = "Vec<OneResult>")]
    pub(super) results: Vec<Value>,
}

/// What became of one operation: some of these members, as its sort gives them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OperationResult")]
struct OneResult {
    /// Whether the key has a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<bool>,
    /// The value, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The value in base64, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_base64: Option<String>,
    /// A sum or a length.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// Whether it did what was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<bool>,
    /// Whether it wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<bool>,
    /// The former value of a write, in the same form as a read's result; null without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Box<OneResult>>,
    /// Milliseconds left; null without a deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_ms: Option<u64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failed>,
}

/// Why an operation failed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OperationError")]
struct Failed {
    /// The stable code.
    code: String,
    /// What happened, for people.
    detail: String,
}
