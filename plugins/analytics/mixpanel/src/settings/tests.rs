//! Checks what settings are refused, and as whom requests are made.

use serde_json::json;

use super::Settings;

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_token_is_enough_and_is_the_user_without_a_password() {
    let settings = settings(json!({ "token": "t0k3n" }));
    settings.check().unwrap();
    let address = settings.address("/import", &format!("strict=1{}", settings.project()));
    assert_eq!(address, "https://api.mixpanel.com/import?strict=1");
    // As `curl -u t0k3n:` makes it.
    assert_eq!(settings.authorization(), "Basic dDBrM246");
}

#[test]
fn a_service_account_names_its_project() {
    let value = json!({
        "token": "t", "url": "https://api-eu.mixpanel.com/", "service-account": "svc", "service-account-secret": "s3",
        "project-id": "42",
    });
    let settings = settings(value);
    settings.check().unwrap();
    let address = settings.address("/import", &format!("strict=1{}", settings.project()));
    assert_eq!(address, "https://api-eu.mixpanel.com/import?strict=1&project_id=42");
    assert_eq!(settings.authorization(), "Basic c3ZjOnMz");
}

#[test]
fn what_can_t_be_meant_is_refused_by_name() {
    let cases = [
        (json!({ "token": " " }), "`token` is empty"),
        (json!({ "token": "t", "url": "eu" }), "`url` must begin"),
        (json!({ "token": "t", "service-account": "svc" }), "belong together"),
        (json!({ "token": "t", "project-id": "4 2" }), "`project-id` is a number"),
        (json!({ "token": "t", "group-key": "" }), "`group-key` is empty"),
        (json!({ "token": "t", "body-max": "1MiB" }), "`body-max` must be"),
        (json!({ "token": "t", "body-max": "11MiB" }), "`body-max` must be"),
    ];
    for (value, expected) in cases {
        let error = settings(value.clone()).check().unwrap_err();
        assert!(error.message.contains(expected), "{value}: {error}");
    }
}
