//! Checks how records are gathered, and that no request is larger than it may be.

use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::{AnyValue, any_value::Value as Any},
    logs::v1::ResourceLogs,
};
use outrigger_plugin_api::sdk::{monitoring::Event, sink::Record};
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Origin, Pack};
use crate::log;

fn origin(settings: Value) -> Origin {
    Origin::of(&serde_json::from_value(settings).unwrap()).unwrap()
}

fn record(body: Value) -> Record<Event> {
    Record { id: Uuid::now_v7(), received_at_ms: 9, attempt: 1, body: serde_json::from_value(body).unwrap() }
}

fn add(pack: &mut Pack<'_>, place: usize, body: Value) -> Result<(), String> {
    let record = record(body);
    pack.add(place, &record, &log::convert(&record).unwrap())
}

/// Returns the resource's attributes, all texts, as lines.
fn resource(group: &ResourceLogs) -> Vec<String> {
    let attributes = &group.resource.as_ref().unwrap().attributes;
    let line = |value: &Option<AnyValue>| match value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Any::StringValue(text)) => text.clone(),
        other => panic!("{other:?}"),
    };
    attributes.iter().map(|one| format!("{}={}", one.key, line(&one.value))).collect()
}

#[test]
fn records_of_one_version_environment_and_logger_share_a_group() {
    let settings =
        json!({ "service": "shop", "resource-attributes": ["service.name=x", "service.version=1", "team=a%20b"] });
    let origin = origin(settings);
    let mut pack = Pack::new(&origin, 1 << 20);
    add(&mut pack, 0, json!({ "type": "log", "message": "a", "release": "2", "environment": "prod", "logger": "db" }))
        .unwrap();
    add(&mut pack, 1, json!({ "type": "log", "message": "b" })).unwrap();
    add(&mut pack, 2, json!({ "type": "log", "message": "c" })).unwrap();
    let [(places, body)] = pack.finish().try_into().unwrap();
    let groups = ExportLogsServiceRequest::decode(&body[..]).unwrap().resource_logs;
    assert_eq!((places, groups.len()), (vec![0, 1, 2], 2));
    assert_eq!(resource(&groups[0]), ["service.name=shop", "service.version=1", "team=a b"]);
    let expected = ["deployment.environment.name=prod", "service.name=shop", "service.version=2", "team=a b"];
    assert_eq!(resource(&groups[1]), expected);
    let scopes = groups.iter().map(|group| (&group.scope_logs[0], group.scope_logs[0].scope.as_ref().unwrap()));
    let scopes: Vec<_> = scopes.map(|(scoped, scope)| (scope.name.as_str(), scoped.log_records.len())).collect();
    assert_eq!(scopes, [("outrigger", 2), ("db", 1)]);
}

#[test]
fn a_service_without_a_name_is_the_unknown_one() {
    let origin = origin(json!({}));
    let mut pack = Pack::new(&origin, 1 << 20);
    add(&mut pack, 0, json!({ "type": "log", "message": "a" })).unwrap();
    let [(_, body)] = pack.finish().try_into().unwrap();
    let groups = ExportLogsServiceRequest::decode(&body[..]).unwrap().resource_logs;
    assert_eq!(resource(&groups[0]), ["service.name=unknown_service"]);
}

#[test]
fn no_request_is_larger_than_its_bound_and_none_is_wasted() {
    const MAX: usize = 16 << 10;
    let origin = origin(json!({ "service": "shop" }));
    let mut pack = Pack::new(&origin, MAX);
    for place in 0..100 {
        // Three loggers, so that groups count too.
        let body = json!({ "type": "log", "message": "x".repeat(place * 10), "logger": format!("l{}", place % 3) });
        add(&mut pack, place, body).unwrap();
    }
    let requests = pack.finish();
    let places: Vec<usize> = requests.iter().flat_map(|(places, _)| places.clone()).collect();
    assert_eq!(places, (0..100).collect::<Vec<_>>());
    let bytes: Vec<usize> = requests.iter().map(|(_, body)| body.len()).collect();
    assert!(bytes.iter().all(|bytes| *bytes <= MAX), "{bytes:?}");
    let total: usize = bytes.iter().sum();
    assert_eq!(bytes.len(), total.div_ceil(MAX), "{bytes:?}");
    let records = |body: &[u8]| {
        let groups = ExportLogsServiceRequest::decode(body).unwrap().resource_logs;
        groups.iter().map(|group| group.scope_logs[0].log_records.len()).sum::<usize>()
    };
    assert_eq!(requests.iter().map(|(_, body)| records(body)).sum::<usize>(), 100);
}

#[test]
fn a_record_that_fits_into_no_request_is_refused_with_its_size() {
    let origin = origin(json!({ "service": "shop" }));
    let mut pack = Pack::new(&origin, 1_000);
    let why = add(&mut pack, 0, json!({ "type": "log", "message": "x".repeat(1_000) })).unwrap_err();
    assert!(
        why.starts_with("the record has 11") && why.ends_with("bytes in OTLP; `request-bytes-max` is 1000"),
        "{why}"
    );
    assert!(pack.finish().is_empty());
}
