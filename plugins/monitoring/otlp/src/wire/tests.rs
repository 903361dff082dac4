//! Reads what the provider writes with the types generated from the specification.

use opentelemetry_proto::tonic::{
    common::v1 as common,
    logs::v1::LogRecord as TheirLog,
    trace::v1::{Span as TheirSpan, Status as TheirStatus},
};
use prost::Message;

use super::{Any, AnyList, AnyObject, AnyValue, LogRecord, Span, SpanStatus};

fn any(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn theirs(value: common::any_value::Value) -> Option<common::AnyValue> {
    Some(common::AnyValue { value: Some(value) })
}

fn pair(key: &str, value: Option<common::AnyValue>) -> common::KeyValue {
    common::KeyValue { key: key.to_owned(), value, ..Default::default() }
}

#[test]
fn every_sort_of_value_is_what_they_read() {
    use common::any_value::Value;
    let members = [("a".to_owned(), any(Any::Flag(true))), ("null".to_owned(), AnyValue::default())];
    let list = vec![any(Any::Whole(-3)), any(Any::Number(0.5)), any(Any::Object(AnyObject { values: members.into() }))];
    let ours = LogRecord { body: Some(any(Any::List(AnyList { values: list }))), ..Default::default() };
    let read = TheirLog::decode(&ours.encode_to_vec()[..]).unwrap().body;
    let members = vec![pair("a", theirs(Value::BoolValue(true))), pair("null", None)];
    let values =
        [Value::IntValue(-3), Value::DoubleValue(0.5), Value::KvlistValue(common::KeyValueList { values: members })];
    let values = values.map(|value| theirs(value).unwrap()).to_vec();
    assert_eq!(read, theirs(Value::ArrayValue(common::ArrayValue { values })));
}

#[test]
fn a_log_record_is_what_they_read() {
    use common::any_value::Value;
    let ours = LogRecord {
        time_unix_nano: 1,
        severity_number: 17,
        severity_text: "ERROR".into(),
        body: Some("text".into()),
        attributes: [("k".to_owned(), "v".into())].into(),
        dropped_attributes_count: 3,
        trace_id: vec![4; 16],
        span_id: vec![5; 8],
        observed_time_unix_nano: 6,
        event_name: "named".into(),
    };
    let expected = TheirLog {
        time_unix_nano: 1,
        observed_time_unix_nano: 6,
        severity_number: 17,
        severity_text: "ERROR".into(),
        body: theirs(Value::StringValue("text".into())),
        attributes: vec![pair("k", theirs(Value::StringValue("v".into())))],
        dropped_attributes_count: 3,
        trace_id: vec![4; 16],
        span_id: vec![5; 8],
        event_name: "named".into(),
        ..Default::default()
    };
    assert_eq!(TheirLog::decode(&ours.encode_to_vec()[..]).unwrap(), expected);
}

#[test]
fn a_span_is_what_they_read() {
    use common::any_value::Value;
    let ours = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "GET /".into(),
        kind: 3,
        start_time_unix_nano: 4,
        end_time_unix_nano: 5,
        attributes: [("k".to_owned(), any(Any::Whole(6)))].into(),
        dropped_attributes_count: 7,
        status: Some(SpanStatus { message: "timeout".into(), code: 2 }),
    };
    let expected = TheirSpan {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "GET /".into(),
        kind: 3,
        start_time_unix_nano: 4,
        end_time_unix_nano: 5,
        attributes: vec![pair("k", theirs(Value::IntValue(6)))],
        dropped_attributes_count: 7,
        status: Some(TheirStatus { message: "timeout".into(), code: 2 }),
        ..Default::default()
    };
    assert_eq!(TheirSpan::decode(&ours.encode_to_vec()[..]).unwrap(), expected);
}
