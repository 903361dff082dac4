//! A receiver of OTLP over HTTP with protobuf: reads with the types generated from the specification, keeps its rules.
//!
//! Source: opentelemetry.io, "OTLP Specification", section "OTLP/HTTP", and the comments in opentelemetry-proto, read
//! 2026-11-23.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse},
        trace::v1::{ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse},
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    logs::v1::LogRecord,
    resource::v1::Resource,
    trace::v1::Span,
};
use prost::Message;

use super::{Answer, Request, Vendor};

/// The key it knows, in the header `api-key`.
pub const KEY: &str = "otlp-0123456789abcdef";
/// Largest body after decompression: the specification's recommendation.
const BODY_BYTES_MAX: usize = 20 << 20;
/// The content type of every answer.
const PROTOBUF: &str = "application/x-protobuf";

/// A record with what it comes from: the resource, and the scope's name.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// What it comes from.
    pub resource: Resource,
    /// Which part of it.
    pub scope: String,
    /// The record.
    pub record: T,
}

/// What it has.
#[derive(Debug, Default)]
pub struct Store {
    /// Log records.
    pub logs: Vec<Kept<LogRecord>>,
    /// Spans.
    pub spans: Vec<Kept<Span>>,
    /// Why something was rejected.
    pub rejected: Vec<String>,
}

/// A running receiver.
#[derive(Debug)]
pub struct Otlp {
    /// The server.
    pub vendor: Vendor,
    store: Arc<Mutex<Store>>,
}

impl Otlp {
    /// Starts a receiver.
    pub async fn start() -> Self {
        let store: Arc<Mutex<Store>> = Arc::default();
        let kept = store.clone();
        let vendor = Vendor::start(move |request| answer(request, &kept)).await;
        Self { vendor, store }
    }

    /// Looks at what it has.
    pub fn kept<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        look(&self.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `google.rpc.Status`, the body of every refusal.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// Returns a refusal as the specification asks for it.
pub fn refusal(status: u16, message: &str) -> Answer {
    let body = Status { code: 3, message: message.to_owned() }.encode_to_vec();
    Answer::new(status, body).header("content-type", PROTOBUF)
}

/// Returns the answer of `/v1/logs` that so many records were rejected; that of `/v1/traces` has the same bytes.
pub fn partial(rejected: i64, message: &str) -> Answer {
    let partial = ExportLogsPartialSuccess { rejected_log_records: rejected, error_message: message.to_owned() };
    success(&ExportLogsServiceResponse { partial_success: Some(partial) })
}

fn success(message: &impl Message) -> Answer {
    Answer::new(200, message.encode_to_vec()).header("content-type", PROTOBUF)
}

fn answer(request: &Request, store: &Mutex<Store>) -> Answer {
    let key = request.header("api-key").unwrap_or_default();
    if key != KEY {
        return refusal(401, &format!("no such key: {key}"));
    }
    if request.header("content-type") != Some(PROTOBUF) {
        return refusal(415, "unsupported media type");
    }
    if request.body.len() > BODY_BYTES_MAX {
        return refusal(413, "request body too large");
    }
    let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
    match request.path.as_str() {
        "/v1/logs" => match ExportLogsServiceRequest::decode(&request.body[..]) {
            Ok(export) => logs(export, &mut store),
            Err(error) => refusal(400, &error.to_string()),
        },
        "/v1/traces" => match ExportTraceServiceRequest::decode(&request.body[..]) {
            Ok(export) => spans(export, &mut store),
            Err(error) => refusal(400, &error.to_string()),
        },
        _ => Answer::new(404, "404 page not found"),
    }
}

fn logs(export: ExportLogsServiceRequest, store: &mut Store) -> Answer {
    let before = store.rejected.len();
    for group in export.resource_logs {
        let resource = group.resource.unwrap_or_default();
        for scoped in group.scope_logs {
            let scope = scoped.scope.unwrap_or_default().name;
            for record in scoped.log_records {
                let ids = optional(&record.trace_id, 16) && optional(&record.span_id, 8);
                match fault(&resource, &record.attributes).or_else(|| (!ids).then_some("an id of a wrong length")) {
                    Some(why) => store.rejected.push(why.to_owned()),
                    None => store.logs.push(Kept { resource: resource.clone(), scope: scope.clone(), record }),
                }
            }
        }
    }
    let why = store.rejected.get(before..).unwrap_or_default();
    let partial_success = (!why.is_empty()).then(|| ExportLogsPartialSuccess {
        rejected_log_records: i64::try_from(why.len()).unwrap_or(i64::MAX),
        error_message: why.join(", "),
    });
    success(&ExportLogsServiceResponse { partial_success })
}

fn spans(export: ExportTraceServiceRequest, store: &mut Store) -> Answer {
    let before = store.rejected.len();
    for group in export.resource_spans {
        let resource = group.resource.unwrap_or_default();
        for scoped in group.scope_spans {
            let scope = scoped.scope.unwrap_or_default().name;
            for record in scoped.spans {
                let sound = !record.trace_id.is_empty()
                    && !record.span_id.is_empty()
                    && optional(&record.trace_id, 16)
                    && optional(&record.span_id, 8)
                    && record.start_time_unix_nano <= record.end_time_unix_nano;
                match fault(&resource, &record.attributes).or_else(|| (!sound).then_some("no ids, or a wrong time")) {
                    Some(why) => store.rejected.push(why.to_owned()),
                    None => store.spans.push(Kept { resource: resource.clone(), scope: scope.clone(), record }),
                }
            }
        }
    }
    let why = store.rejected.get(before..).unwrap_or_default();
    let partial_success = (!why.is_empty()).then(|| ExportTracePartialSuccess {
        rejected_spans: i64::try_from(why.len()).unwrap_or(i64::MAX),
        error_message: why.join(", "),
    });
    success(&ExportTraceServiceResponse { partial_success })
}

/// "All zeros is invalid", and so is any other length; an id may be missing from a log.
fn optional(id: &[u8], bytes: usize) -> bool {
    id.is_empty() || id.len() == bytes && id.iter().any(|byte| *byte != 0)
}

/// Names of attributes are unique and not empty, and a resource names its service.
fn fault(resource: &Resource, attributes: &[KeyValue]) -> Option<&'static str> {
    let lists = [&resource.attributes[..], attributes];
    let unique = |list: &[KeyValue]| list.iter().map(|one| &one.key).collect::<BTreeSet<_>>().len() == list.len();
    match () {
        () if text(&resource.attributes, "service.name").is_none() => Some("no service.name"),
        () if lists.iter().any(|list| list.iter().any(|one| one.key.is_empty())) => Some("an attribute without a name"),
        () if !lists.iter().all(|list| unique(list)) => Some("two attributes of one name"),
        () => None,
    }
}

/// Returns an attribute that is a text.
pub fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    let value = attributes.iter().find(|one| one.key == name)?.value.clone();
    match value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => Some(text),
        _ => None,
    }
}
