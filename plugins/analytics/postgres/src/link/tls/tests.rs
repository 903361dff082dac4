//! What a URL says, and that refusals hold no secret.

use super::*;

fn settings(url: &str) -> Settings {
    serde_json::from_value(serde_json::json!({ "url": url })).unwrap()
}

#[test]
fn the_mode_is_taken_out_of_the_url() {
    for (url, rest, mode) in [
        ("postgres://h/d", "postgres://h/d", None),
        ("postgres://h/d?sslmode=verify-full", "postgres://h/d", Some("verify-full")),
        ("postgres://h/d?a=1&sslmode=disable&b=2", "postgres://h/d?a=1&b=2", Some("disable")),
    ] {
        assert_eq!(without_mode(url), (rest.to_owned(), mode.map(str::to_owned)), "{url}");
    }
}

#[test]
fn modes_of_postgresqls_own_client_are_known() {
    for (mode, expected) in [
        ("disable", SslMode::Disable),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::Require),
        ("verify-full", SslMode::Require),
    ] {
        let (config, _) = read(&settings(&format!("postgres://h/d?sslmode={mode}"))).unwrap();
        assert_eq!(config.get_ssl_mode(), expected, "{mode}");
    }
}

#[test]
fn a_refusal_holds_no_secret() {
    for url in
        ["mysql://u:hush@h/d", "postgres://u:hush@h:port/d", "postgres://h/d?hush=1", "postgres://h/d?sslmode=hush"]
    {
        let error = read(&settings(url)).map(drop).unwrap_err();
        assert!(!error.message.contains("hush") && error.message.contains("`url`"), "{url}: {error}");
    }
}
