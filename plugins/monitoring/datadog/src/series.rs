//! Timings as metrics: for each sort of work how often, how often badly, and how long in all.
//!
//! Source: docs.datadoghq.com, "Metrics API v2", read 2026-11-22. Its distributions would need an endpoint that is not
//! documented for metrics of one's own, so an average is the sum over the hits.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Status},
    sink::Record,
};
use serde_json::{Value, json};

use crate::{log, settings::Settings};

/// Oldest point, in milliseconds: one hour. Datadog drops older ones and says nothing.
const AGE_MS_MAX: u64 = 3600 * 1000;
/// Datadog's number for a metric of type count.
const COUNT: u8 = 1;

/// One timing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    at_s: u64,
    name: String,
    operation: String,
    failed: bool,
    duration_ms: f64,
    environment: Option<String>,
    version: Option<String>,
}

/// Reads a timing.
///
/// # Errors
/// Why Datadog would drop it.
pub(crate) fn point(record: &Record<Event>, now_ms: u64) -> Result<Point, String> {
    let Event::Span { name, operation, duration_us, status, context, .. } = &record.body else {
        return Err("it is no timing".to_owned());
    };
    let at_ms = log::moment(record);
    if now_ms.saturating_sub(at_ms) > AGE_MS_MAX {
        let minutes = now_ms.saturating_sub(at_ms) / 60_000;
        return Err(format!("it happened {minutes} minutes ago; Datadog takes points of the last 60"));
    }
    Ok(Point {
        at_s: at_ms / 1000,
        name: name.clone(),
        operation: operation.clone(),
        failed: !matches!(status, Status::Ok | Status::InProgress),
        duration_ms: std::time::Duration::from_micros(*duration_us).as_secs_f64() * 1000.0,
        environment: context.environment.clone(),
        version: context.release.clone(),
    })
}

/// Hits, failures and milliseconds of one sort of work in one second.
#[derive(Debug, Default)]
struct Sums {
    hits: f64,
    errors: f64,
    duration_ms: f64,
}

/// Returns the request's body. Points of the same second and tags are added up, because a later one would replace an
/// earlier one.
pub(crate) fn body(points: &[(usize, Point)], settings: &Settings) -> Value {
    let mut sums: BTreeMap<(u64, Vec<String>), Sums> = BTreeMap::new();
    for (_, point) in points {
        let sums = sums.entry((point.at_s, tags(point, settings))).or_default();
        sums.hits += 1.0;
        sums.errors += f64::from(u8::from(point.failed));
        sums.duration_ms += point.duration_ms;
    }
    let mut series = Vec::new();
    for ((at_s, tags), Sums { hits, errors, duration_ms }) in sums {
        for (metric, value) in [("hits", hits), ("errors", errors), ("duration_ms", duration_ms)] {
            series.push(json!({
                "metric": format!("outrigger.span.{metric}"),
                "type": COUNT,
                "points": [{ "timestamp": at_s, "value": value }],
                "tags": tags,
                "resources": settings.hostname.as_ref().map(|name| [json!({ "type": "host", "name": name })]),
            }));
        }
    }
    json!({ "series": series })
}

fn tags(point: &Point, settings: &Settings) -> Vec<String> {
    let plain = |text: &str| text.replace(',', "_");
    let environment = point.environment.as_ref().or(settings.env.as_ref()).map(|env| format!("env:{}", plain(env)));
    let version = point.version.as_ref().or(settings.version.as_ref()).map(|at| format!("version:{}", plain(at)));
    let mut tags = settings.tags.clone();
    tags.push(format!("service:{}", settings.service));
    tags.push(format!("operation:{}", plain(&point.operation)));
    tags.push(format!("resource:{}", plain(&point.name)));
    tags.extend(environment.into_iter().chain(version));
    tags
}

#[cfg(test)]
mod tests;
