//! Checks how timings become counts.

use outrigger_plugin_api::sdk::{monitoring::Event, sink::Record};
use serde_json::json;
use uuid::Uuid;

use super::{body, point};
use crate::settings::Settings;

const AT_MS: u64 = 1_700_000_000_000;

fn span(status: &str, duration_us: u64) -> Record<Event> {
    let body = json!({ "type": "span", "name": "GET /a,b", "operation": "http.server", "start_us": AT_MS * 1000, "duration_us": duration_us, "status": status });
    Record { id: Uuid::nil(), received_at_ms: AT_MS, attempt: 1, body: serde_json::from_value(body).unwrap() }
}

#[test]
fn timings_of_one_second_and_sort_are_added_up() {
    let settings: Settings =
        serde_json::from_value(json!({ "api-key": "k", "service": "shop", "env": "test" })).unwrap();
    let points = [("ok", 1500), ("error", 500), ("timeout", 1000)];
    let points: Vec<_> = points.iter().map(|(status, us)| (0, point(&span(status, *us), AT_MS).unwrap())).collect();
    let tags = json!(["service:shop", "operation:http.server", "resource:GET /a_b", "env:test"]);
    let series = |metric: &str, value: f64| {
        json!({ "metric": format!("outrigger.span.{metric}"), "type": 1, "points": [{ "timestamp": AT_MS / 1000, "value": value }],
            "tags": tags, "resources": null })
    };
    let expected = json!({ "series": [series("hits", 3.0), series("errors", 2.0), series("duration_ms", 3.0)] });
    assert_eq!(body(&points, &settings), expected);
}

#[test]
fn a_point_that_datadog_would_drop_is_refused() {
    assert!(point(&span("ok", 1), AT_MS + 3_600_000).is_ok());
    let why = point(&span("ok", 1), AT_MS + 3_660_000).unwrap_err();
    assert_eq!(why, "it happened 61 minutes ago; Datadog takes points of the last 60");
}
