//! Reports of periodic jobs as check-ins.

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Status},
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::{EnvelopeItem, MonitorCheckIn, MonitorCheckInStatus};
use uuid::Uuid;

use super::{Defaults, Piece, context};
use crate::category::Category;

/// Longest slug of a monitor (docs.sentry.io, "Crons", 2026-11).
const SLUG_CHARS_MAX: usize = 50;

pub(super) fn convert(record: &Record<Event>, defaults: &Defaults) -> Result<Piece, Verdict> {
    let Event::CheckIn { monitor, status, duration_us, context: said } = &record.body else {
        return Err(Verdict::Unsupported);
    };
    let slug = slug(monitor);
    if slug.is_empty() {
        return Err(Verdict::Rejected("the monitor's name has no letter or digit, so Sentry can't know it".into()));
    }
    // Begin and end of one run are one check-in to Sentry. They share nothing here but the trace, where there is one.
    let check_in_id = match &said.trace_id {
        Some(trace) => Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{slug}/{trace}").as_bytes()),
        None => record.id,
    };
    let check_in = MonitorCheckIn {
        check_in_id,
        monitor_slug: slug,
        status: match status {
            Status::InProgress => MonitorCheckInStatus::InProgress,
            Status::Ok => MonitorCheckInStatus::Ok,
            Status::Error | Status::Crashed | Status::Timeout => MonitorCheckInStatus::Error,
        },
        environment: context::or_default(&said.environment, &defaults.environment),
        duration: duration_us.map(|us| std::time::Duration::from_micros(us).as_secs_f64()),
        monitor_config: None,
    };
    Ok(Piece::Alone(Category::CheckIn, Box::new(EnvelopeItem::MonitorCheckIn(check_in))))
}

/// Returns the name as Sentry's slugs are: lower-case letters, digits, `_` and `-`.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let slug: String = name.chars().map(plain).take(SLUG_CHARS_MAX).collect();
    slug.trim_matches('-').to_owned()
}
