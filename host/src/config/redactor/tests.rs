//! Checks what is taken out and what stays.

use super::{Redactor, parts};

fn check(secrets: &[&str], said: &str, expected: &str) {
    let mut texts: Vec<String> = secrets.iter().flat_map(|secret| parts(secret)).collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    assert_eq!(Redactor { texts }.clean(said.to_owned()), expected);
}

#[test]
fn a_secret_and_the_secret_parts_of_a_url_are_taken_out() {
    check(&["phc_abcdef"], "bad key phc_abcdef!", "bad key ***!");
    let dsn = "https://0123456789abcdef@o1.ingest.sentry.io/4505";
    check(
        &[dsn],
        "unknown key 0123456789abcdef at o1.ingest.sentry.io/4505",
        "unknown key *** at o1.ingest.sentry.io/4505",
    );
    check(&[dsn], &format!("can't reach {dsn}"), "can't reach ***");
    check(&["https://hooks.slack.com/services/T0/B0/xyzxyzxyz"], "no xyzxyzxyz", "no ***");
    check(&["https://h/?api_secret=s3cret-s3cret"], "s3cret-s3cret", "***");
    check(&["redis://:pass%20word@h"], "pass%20word", "***");
}

#[test]
fn what_is_no_secret_stays() {
    check(&["abc", ""], "abc", "abc");
    check(&["https://hooks.slack.com/services/T0"], "hooks.slack.com refused", "hooks.slack.com refused");
}

#[test]
fn of_two_secrets_the_longer_goes_first() {
    check(&["secret", "secretsecret"], "secretsecret secret", "*** ***");
}
