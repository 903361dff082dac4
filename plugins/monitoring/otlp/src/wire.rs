//! The messages of OTLP that this provider sends and reads, with their field numbers.
//!
//! Source: opentelemetry-proto 1.10, `common/v1`, `resource/v1`, `logs/v1`, `trace/v1` and `collector/*/v1`. Fields that
//! are never set are left out. The tests read every message with the types generated from those files.

use std::collections::BTreeMap;

use prost::{Message, Oneof, bytes::Bytes};

/// `ExportLogsServiceRequest` or `ExportTraceServiceRequest`: the numbers are the same, and so are those within.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Export {
    #[prost(message, repeated, tag = "1")]
    pub(crate) groups: Vec<Group>,
}

/// `ResourceLogs` or `ResourceSpans`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Group {
    #[prost(message, optional, tag = "1")]
    pub(crate) resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) scopes: Vec<Scoped>,
}

/// `ScopeLogs` or `ScopeSpans`. A record is there as its bytes, which on the wire is what a message is: it was encoded
/// to learn its length.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Scoped {
    #[prost(message, optional, tag = "1")]
    pub(crate) scope: Option<Scope>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub(crate) records: Vec<Bytes>,
}

/// `Resource`: what the records come from.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Resource {
    #[prost(btree_map = "string, message", tag = "1")]
    pub(crate) attributes: BTreeMap<String, AnyValue>,
}

/// `InstrumentationScope`: the part of the app that made the records.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Scope {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) version: String,
}

/// `LogRecord`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct LogRecord {
    #[prost(fixed64, tag = "1")]
    pub(crate) time_unix_nano: u64,
    #[prost(int32, tag = "2")]
    pub(crate) severity_number: i32,
    #[prost(string, tag = "3")]
    pub(crate) severity_text: String,
    #[prost(message, optional, tag = "5")]
    pub(crate) body: Option<AnyValue>,
    #[prost(btree_map = "string, message", tag = "6")]
    pub(crate) attributes: BTreeMap<String, AnyValue>,
    #[prost(uint32, tag = "7")]
    pub(crate) dropped_attributes_count: u32,
    #[prost(bytes = "vec", tag = "9")]
    pub(crate) trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "10")]
    pub(crate) span_id: Vec<u8>,
    #[prost(fixed64, tag = "11")]
    pub(crate) observed_time_unix_nano: u64,
    #[prost(string, tag = "12")]
    pub(crate) event_name: String,
}

/// `Span`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Span {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    pub(crate) name: String,
    #[prost(int32, tag = "6")]
    pub(crate) kind: i32,
    #[prost(fixed64, tag = "7")]
    pub(crate) start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    pub(crate) end_time_unix_nano: u64,
    #[prost(btree_map = "string, message", tag = "9")]
    pub(crate) attributes: BTreeMap<String, AnyValue>,
    #[prost(uint32, tag = "10")]
    pub(crate) dropped_attributes_count: u32,
    #[prost(message, optional, tag = "15")]
    pub(crate) status: Option<SpanStatus>,
}

/// `Status` of a span.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SpanStatus {
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(int32, tag = "3")]
    pub(crate) code: i32,
}

/// `AnyValue`; without a value it is null.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AnyValue {
    #[prost(oneof = "Any", tags = "1, 2, 3, 4, 5, 6")]
    pub(crate) value: Option<Any>,
}

/// What an `AnyValue` is.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Any {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Flag(bool),
    #[prost(int64, tag = "3")]
    Whole(i64),
    #[prost(double, tag = "4")]
    Number(f64),
    #[prost(message, tag = "5")]
    List(AnyList),
    #[prost(message, tag = "6")]
    Object(AnyObject),
}

/// `ArrayValue`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AnyList {
    #[prost(message, repeated, tag = "1")]
    pub(crate) values: Vec<AnyValue>,
}

/// `KeyValueList`. A `KeyValue` has the numbers of a map's entry, so a map is what a list of them is.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AnyObject {
    #[prost(btree_map = "string, message", tag = "1")]
    pub(crate) values: BTreeMap<String, AnyValue>,
}

/// `ExportLogsServiceResponse` or `ExportTraceServiceResponse`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Taken {
    #[prost(message, optional, tag = "1")]
    pub(crate) partial_success: Option<Partial>,
}

/// `ExportLogsPartialSuccess` or `ExportTracePartialSuccess`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Partial {
    #[prost(int64, tag = "1")]
    pub(crate) rejected: i64,
    #[prost(string, tag = "2")]
    pub(crate) error_message: String,
}

/// `google.rpc.Status`, the body of a refusal.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Refusal {
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

#[cfg(test)]
mod tests;
