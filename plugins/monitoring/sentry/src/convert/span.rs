//! Timings as transactions: each record is one timed piece of work, which Sentry shows only as part of a transaction.

use std::{
    borrow::Cow,
    time::{Duration, UNIX_EPOCH},
};

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Status},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{self as protocol, EnvelopeItem, SpanStatus, TraceContext, Transaction};

use super::{Defaults, Piece, context, ids, sdk};
use crate::category::Category;

pub(super) fn convert(record: &Record<Event>, defaults: &Defaults) -> Result<Piece, Verdict> {
    let Event::Span { name, operation, start_us, duration_us, status, fields, context: said } = &record.body else {
        return Err(Verdict::Unsupported);
    };
    let context::Origin { release, environment, rest } = context::origin(said, defaults);
    let (tags, other_tags) = context::tags(&said.tags);
    let mut extra = context::object(&said.extra);
    extra.extend(rest.into_iter().chain(other_tags));
    let trace = TraceContext {
        op: Some(operation.clone()),
        status: Some(span_status(*status)),
        data: context::object(fields),
        ..context::trace(ids(record, said))
    };
    let start = UNIX_EPOCH + Duration::from_micros(*start_us);
    let mut transaction = Transaction {
        event_id: record.id,
        name: Some(name.clone()),
        release: release.map(Cow::Owned),
        environment: environment.map(Cow::Owned),
        user: said.user.as_ref().map(context::user),
        tags,
        extra,
        sdk: Some(Cow::Owned(sdk())),
        start_timestamp: start,
        timestamp: Some(start + Duration::from_micros(*duration_us)),
        server_name: defaults.server_name.clone().map(Cow::Owned),
        ..Default::default()
    };
    transaction.contexts.insert("trace".to_owned(), protocol::Context::Trace(Box::new(trace)));
    if let Some(request) = &said.request {
        let (request, answer) = context::request(request);
        transaction.request = Some(request);
        transaction.contexts.extend(answer.map(|answer| ("response".to_owned(), answer)));
    }
    Ok(Piece::Alone(Category::Transaction, Box::new(EnvelopeItem::Transaction(Box::new(transaction)))))
}

const fn span_status(status: Status) -> SpanStatus {
    match status {
        Status::Ok => SpanStatus::Ok,
        Status::Error => SpanStatus::InternalError,
        Status::Crashed => SpanStatus::Aborted,
        Status::Timeout => SpanStatus::DeadlineExceeded,
        Status::InProgress => SpanStatus::UnknownError,
    }
}
