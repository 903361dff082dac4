//! Checks what is learnt from an answer's headers.

use std::time::{Duration, Instant};

use outrigger_plugin_api::sdk::http::Response;

use super::Limits;
use crate::category::Category::{self, CheckIn, Error, Log, Session, Transaction};

fn check(status: u16, headers: &[(&str, &str)], expected: &[(Category, u64)]) {
    let (limits, now) = (Limits::default(), Instant::now());
    limits.learn(&Response::new(status, headers, ""), now);
    let found: Vec<_> = Category::ALL
        .into_iter()
        .filter_map(|category| Some((category, limits.wait(category, now)?.as_secs())))
        .collect();
    assert_eq!(found, expected, "{status} {headers:?}");
}

#[test]
fn the_header_of_limits_is_read_on_every_status() {
    let header = |text| [("X-Sentry-Rate-Limits", text)];
    check(200, &header("86400:transaction;span:organization"), &[(Transaction, 86400)]);
    check(429, &header("60:error:key, 2700:default;error:organization:quota"), &[(Error, 2700)]);
    check(200, &header("5::organization"), &Category::ALL.map(|category| (category, 5)));
    check(200, &header("5:replay;profile:key"), &[]);
    check(200, &header("7:log_item , 8:monitor,9:session"), &[(Log, 7), (CheckIn, 8), (Session, 9)]);
    check(200, &header("soon:error, -1:error, NaN:error, 1e300:error, :error,,3:error"), &[(Error, 3)]);
    check(200, &header("9999999:error"), &[(Error, 86400)]);
}

#[test]
fn a_429_without_the_header_limits_all_as_long_as_it_says() {
    check(429, &[("retry-after", "12")], &Category::ALL.map(|category| (category, 12)));
    check(429, &[], &Category::ALL.map(|category| (category, 60)));
    check(503, &[("retry-after", "12")], &[]);
}

#[test]
fn of_two_limits_the_longer_holds_and_both_end() {
    let (limits, now) = (Limits::default(), Instant::now());
    for text in ["10:error", "5:error"] {
        limits.learn(&Response::new(200, &[("x-sentry-rate-limits", text)], ""), now);
    }
    assert_eq!(limits.wait(Error, now), Some(Duration::from_secs(10)));
    assert_eq!(limits.wait(Error, now + Duration::from_secs(10)), None);
}
