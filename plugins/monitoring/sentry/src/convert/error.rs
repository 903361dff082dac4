//! Errors and messages as Sentry's `event` items.

use std::borrow::Cow;

use outrigger_plugin_api::sdk::{
    monitoring::{self, Context, Event, Severity},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{
    self as protocol, EnvelopeItem, Exception, Frame, Map, Mechanism, Stacktrace, Value, Values,
};

use super::{Defaults, Piece, context, ids, level, moment, sdk};
use crate::category::Category;

/// Largest event that Sentry takes, in bytes of JSON (develop.sentry.dev, "Envelopes", 2026-11).
const EVENT_BYTES_MAX: usize = 1_000_000;

pub(super) fn convert(record: &Record<Event>, defaults: &Defaults) -> Result<Piece, Verdict> {
    let mut event = match &record.body {
        Event::Error { exceptions, handled, fingerprint, context } => {
            let mut event = frame(record, context, defaults, Severity::Error);
            event.exception = Values { values: chain(exceptions, *handled) };
            if !fingerprint.is_empty() {
                event.fingerprint = Cow::Owned(fingerprint.iter().map(|part| Cow::Owned(part.clone())).collect());
            }
            event
        }
        Event::Event { name, properties, context } => {
            let mut event = frame(record, context, defaults, Severity::Info);
            event.message = Some(name.clone());
            event.extra.extend(context::object(properties));
            event
        }
        _ => return Err(Verdict::Unsupported),
    };
    fit(&mut event)?;
    Ok(Piece::Alone(Category::Error, Box::new(EnvelopeItem::Event(Box::new(event)))))
}

/// Returns an event with everything but what happened.
fn frame(record: &Record<Event>, said: &Context, defaults: &Defaults, severity: Severity) -> protocol::Event<'static> {
    let context::Origin { release, environment, rest } = context::origin(said, defaults);
    let (tags, other_tags) = context::tags(&said.tags);
    let mut extra = context::object(&said.extra);
    extra.extend(rest.into_iter().chain(other_tags));
    let at = moment(record, said);
    let mut event = protocol::Event {
        event_id: record.id,
        level: level(said.severity.unwrap_or(severity)),
        // A logger's name has one line.
        logger: said.logger.as_ref().map(|name| name.replace(['\r', '\n'], " ")),
        timestamp: at,
        server_name: defaults.server_name.clone().map(Cow::Owned),
        release: release.map(Cow::Owned),
        environment: environment.map(Cow::Owned),
        user: said.user.as_ref().map(context::user),
        breadcrumbs: Values { values: context::breadcrumbs(&said.breadcrumbs, at) },
        tags,
        extra,
        sdk: Some(Cow::Owned(sdk())),
        ..Default::default()
    };
    if let Some(request) = &said.request {
        let (request, answer) = context::request(request);
        event.request = Some(request);
        event.contexts.extend(answer.map(|answer| ("response".to_owned(), answer)));
    }
    let trace = context::trace(ids(record, said));
    event.contexts.insert("trace".to_owned(), protocol::Context::Trace(Box::new(trace)));
    event
}

/// Returns the chain as Sentry wants it: the cause first, what was caught last, and each stack from the outermost call to
/// the innermost. The record has both the other way round.
fn chain(exceptions: &[monitoring::Exception], handled: bool) -> Vec<Exception> {
    let convert = |(place, exception): (usize, &monitoring::Exception)| Exception {
        // Some servers show an exception without a type as "?": what is there is better.
        ty: if exception.name.is_empty() { "Error".to_owned() } else { exception.name.clone() },
        value: Some(exception.value.clone()),
        module: exception.module.clone(),
        stacktrace: stack(&exception.frames),
        // Whether it was handled is said once, of what was caught.
        mechanism: (place == 0).then(|| Mechanism {
            ty: "generic".to_owned(),
            handled: Some(handled),
            ..Default::default()
        }),
        ..Default::default()
    };
    exceptions.iter().enumerate().map(convert).rev().collect()
}

fn stack(frames: &[monitoring::Frame]) -> Option<Stacktrace> {
    let convert = |frame: &monitoring::Frame| Frame {
        function: frame.function.clone(),
        module: frame.module.clone(),
        filename: frame.file.clone(),
        lineno: frame.line.map(u64::from),
        colno: frame.column.map(u64::from),
        in_app: frame.in_app,
        ..Default::default()
    };
    Stacktrace::from_frames_reversed(frames.iter().map(convert).collect())
}

/// Leaves out what can be missed of an event that is too large: breadcrumbs, then further details.
///
/// # Errors
/// `rejected` where that is not enough.
fn fit(event: &mut protocol::Event<'static>) -> Result<(), Verdict> {
    let left_out = |event: &mut protocol::Event<'static>, what: &str| {
        event.extra.insert("outrigger.left_out".to_owned(), Value::from(what));
    };
    let mut bytes = size(event);
    if bytes > EVENT_BYTES_MAX {
        event.breadcrumbs = Values::new();
        left_out(event, "breadcrumbs");
        bytes = size(event);
    }
    if bytes > EVENT_BYTES_MAX {
        event.extra = Map::new();
        left_out(event, "breadcrumbs, extra");
        bytes = size(event);
    }
    match bytes {
        0..=EVENT_BYTES_MAX => Ok(()),
        bytes => Err(Verdict::Rejected(format!(
            "the event has {bytes} bytes without breadcrumbs and extra; Sentry takes {EVENT_BYTES_MAX}"
        ))),
    }
}

fn size(event: &protocol::Event<'static>) -> usize {
    serde_json::to_vec(event).map_or(0, |json| json.len())
}
