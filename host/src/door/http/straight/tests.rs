//! The straight paths are routes of the table.

use super::posted;
use crate::door::http::routes;

#[test]
fn every_route_that_takes_analytics_events_is_straight_and_no_other() {
    let straight: Vec<_> = routes::all().map(|route| route.path).filter(|path| posted(path).is_some()).collect();
    let names = ["track", "identify", "page", "screen", "group", "alias", "batch"];
    assert_eq!(straight, names.map(|name| format!("/v1/analytics/{name}")));
    for other in ["/v1/analytics/track/", "/v1/analytics/", "/v1/analytics/query", "/v1/monitoring/logs", "track"] {
        assert!(posted(other).is_none(), "{other}");
    }
}
