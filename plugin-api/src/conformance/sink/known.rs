//! The known events that questions are asked about: five people around a change of the clocks, as small as the traps allow.
//!
//! | person | ids | what the events are for |
//! |---|---|---|
//! | ann | `ann`, and `anon-a` by `identify` | an anonymous visit before the id was known |
//! | ben | `ben` | pays too late, near midnight, after the clocks changed |
//! | cat | `cat`, and `cat-old` by `alias` | signs up and pays under two ids |
//! | dan | `dan` | signs up and pays in the same millisecond |
//! | eve | `eve` | the second start leads to the end, not the first |

use serde_json::{Value, json};

use super::{RawRecord, sample};
use crate::sdk::analytics::sort;

/// 2026-10-19T00:00:00Z, a Monday. Six days later, on the 25th, clocks go back in Europe.
pub(super) const MONDAY_MS: u64 = 1_792_368_000_000;
/// An hour.
pub(super) const HOUR_MS: u64 = 60 * 60 * 1_000;
/// A day of UTC.
pub(super) const DAY_MS: u64 = 24 * HOUR_MS;

/// Returns the moment so many days and minutes after the Monday began.
pub(super) const fn at(day: u64, minute: u64) -> u64 {
    MONDAY_MS + day * DAY_MS + minute * 60 * 1_000
}

/// Returns the sixteen records in the order they are delivered, which is not the order they happened.
pub(super) fn records() -> Vec<RawRecord> {
    let track = |user: &str, event: &str, ms: u64, properties: Value| {
        let body = json!({ "type": "track", "event": event, "user_id": user, "timestamp_ms": ms,
            "properties": properties });
        sample::record(sort::TRACK, &body)
    };
    let page = |who: &str, user: &str, name: &str, ms: u64, properties: Value| {
        let body = json!({ "type": "page", "name": name, who: user, "timestamp_ms": ms, "properties": properties,
            "session_id": "visit", "context": { "locale": "de" } });
        sample::record(sort::PAGE, &body)
    };
    let identify = json!({ "type": "identify", "user_id": "ann", "anonymous_id": "anon-a",
        "timestamp_ms": at(0, 9 * 60) + 1_000, "traits": { "plan": "pro" } });
    let alias = json!({ "type": "alias", "previous_id": "cat-old", "user_id": "cat", "timestamp_ms": at(2, 11 * 60) });
    let pricing = json!({ "path": "/pricing", "cart": { "currency": "EUR" } });
    vec![
        page("anonymous_id", "anon-a", "Home", at(0, 8 * 60), json!({ "path": "/" })),
        track("ann", "Signed Up", at(0, 9 * 60), json!({ "plan": "pro" })),
        sample::record(sort::IDENTIFY, &identify),
        track("ann", "Paid", at(1, 9 * 60), json!({ "plan": "pro", "total": 10 })),
        track("ben", "Signed Up", at(0, 22 * 60 + 30), json!({ "plan": "free" })),
        track("cat", "Paid", at(2, 12 * 60), json!({ "plan": "free", "total": 25.5 })),
        track("cat-old", "Signed Up", at(2, 10 * 60), json!({ "plan": "free" })),
        sample::record(sort::ALIAS, &alias),
        track("ben", "Paid", at(8, 23 * 60 + 30), json!({ "total": 10.0 })),
        page("user_id", "ben", "Home", at(7, 12 * 60), json!({ "path": "/" })),
        page("user_id", "cat", "Pricing", at(9, 12 * 60), pricing),
        track("dan", "Paid", at(1, 10 * 60), json!({ "plan": 5, "total": 3 })),
        track("dan", "Signed Up", at(1, 10 * 60), json!({ "plan": null })),
        track("eve", "Ended", at(8, 0), json!({})),
        track("eve", "Began", at(0, 0), json!({})),
        track("eve", "Began", at(6, 0), json!({})),
    ]
}
