//! Tests of what settings are refused, and that refusals hold no secret.

use outrigger_plugin_api::sdk::ErrorKind;

use super::Settings;

fn read(json: &str) -> Settings {
    serde_json::from_str(json).expect("settings that fit the type")
}

#[test]
fn contradictions_are_refused_by_name() {
    for (json, named) in [
        (r#"{"url":"redis://h","urls":["redis://i"]}"#, "`urls`"),
        (r#"{"url":"redis://h","mode":"sentinel"}"#, "`sentinel-master`"),
        (r#"{"url":"redis://h","sentinel-master":"m"}"#, "`sentinel-master`"),
        (r#"{"url":"redis://h","mode":"cluster","database":1}"#, "`database`"),
        (r#"{"url":"redis://h","connections":0}"#, "`connections`"),
        (r#"{"url":"redis://h","response-timeout":"0s"}"#, "`response-timeout`"),
    ] {
        let error = read(json).check().expect_err(json);
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.contains(named), "{json}: {}", error.message);
    }
    assert_eq!(read(r#"{"url":"redis://h"}"#).check(), Ok(()));
}

#[test]
fn a_bad_url_is_named_by_its_place_without_its_text() {
    for (json, place) in [
        (r#"{"url":"http://u:hunter2@h"}"#, "`url`"),
        (r#"{"url":"u:hunter2@h:6379"}"#, "`url`"),
        (r#"{"url":"redis://u:hunter2@h/notanumber"}"#, "`url`"),
        (r#"{"url":"redis://h","urls":["redis://h:99999hunter2"]}"#, "number 1 of `urls`"),
    ] {
        let error = read(json).servers().expect_err(json);
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.starts_with(place), "{json}: {}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}

#[test]
fn settings_override_the_url() {
    let settings = read(r#"{"url":"redis://u:p@h/3","username":"v","password":"q","database":4}"#);
    let servers = settings.servers().expect("a URL");
    let identity = settings.identity(&servers[0]);
    assert_eq!((identity.username(), identity.password(), identity.db()), (Some("v"), Some("q"), 4));
    let plain = read(r#"{"url":"redis://u:p@h/3"}"#);
    let identity = plain.identity(&plain.servers().expect("a URL")[0]);
    assert_eq!((identity.username(), identity.password(), identity.db()), (Some("u"), Some("p"), 3));
}
