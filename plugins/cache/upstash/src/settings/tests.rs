//! Tests of what settings are refused, and that refusals hold no secret.

use outrigger_plugin_api::sdk::ErrorKind;

use super::Settings;

fn read(json: &str) -> Settings {
    serde_json::from_str(json).expect("settings that fit the type")
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    for (json, named) in [
        (r#"{"url":"redis://h","token":"hunter2"}"#, "`url`"),
        (r#"{"url":"https://","token":"hunter2"}"#, "`url`"),
        (r#"{"url":"https://h?_token=hunter2","token":"hunter2"}"#, "`url`"),
        (r#"{"url":"https://u:hunter2@h","token":"hunter2"}"#, "`url`"),
        (r#"{"url":"https://h","token":""}"#, "`token`"),
        (r#"{"url":"https://h","token":"hunter2\n"}"#, "`token`"),
        (r#"{"url":"https://h","token":"hunter2","response-timeout":"0s"}"#, "`response-timeout`"),
        (r#"{"url":"https://h","token":"hunter2","request-max":"1KiB"}"#, "`request-max`"),
    ] {
        let error = read(json).checked_url().expect_err(json);
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.contains(named) && !error.message.contains("hunter2"), "{json}: {}", error.message);
    }
    let url = read(r#"{"url":"http://127.0.0.1:8079/","token":"t"}"#).checked_url();
    assert_eq!(url.as_deref(), Ok("http://127.0.0.1:8079"));
}
