//! User sessions for release health.

use std::borrow::Cow;

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Status},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{EnvelopeItem, SessionAttributes, SessionStatus, SessionUpdate};
use uuid::Uuid;

use super::{Defaults, Piece, context, moment};

pub(super) fn convert(record: &Record<Event>, defaults: &Defaults) -> Result<Piece, Verdict> {
    let Event::Session { session_id, status, errors, context: said } = &record.body else {
        return Err(Verdict::Unsupported);
    };
    let context::Origin { release, environment, rest } = context::origin(said, defaults);
    let Some(release) = release else {
        return Err(Verdict::Rejected(match rest.get("release") {
            Some(name) => format!("Sentry discards the release {name}, and takes no session without one"),
            None => "Sentry takes no session without a release: name it, or set `release`".to_owned(),
        }));
    };
    let at = moment(record, said);
    let update = SessionUpdate {
        session_id: Uuid::parse_str(session_id)
            .unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_OID, session_id.as_bytes())),
        distinct_id: said.user.as_ref().and_then(|user| user.id.clone()),
        // Orders the updates of a session whichever way they come.
        sequence: Some(said.timestamp_ms.unwrap_or(record.received_at_ms)),
        timestamp: Some(at),
        started: at,
        init: *status == Status::InProgress && *errors == 0,
        duration: None,
        status: match status {
            Status::InProgress => SessionStatus::Ok,
            Status::Ok | Status::Error => SessionStatus::Exited,
            Status::Crashed => SessionStatus::Crashed,
            Status::Timeout => SessionStatus::Abnormal,
        },
        // A session that ended badly had at least one.
        errors: u64::from(*errors).max(u64::from(matches!(status, Status::Error | Status::Crashed))),
        attributes: SessionAttributes {
            release: Cow::Owned(release),
            environment: environment.map(Cow::Owned),
            ip_address: None,
            user_agent: None,
        },
    };
    Ok(Piece::Session(Box::new(EnvelopeItem::SessionUpdate(update))))
}
