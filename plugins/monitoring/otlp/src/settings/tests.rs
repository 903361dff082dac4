//! Checks which settings are refused.

use outrigger_plugin_api::sdk::{ErrorKind, Host, sink::SinkProvider};
use serde_json::json;

use crate::Otlp;

#[tokio::test]
async fn settings_that_can_not_work_are_refused_without_their_secrets() {
    for (bad, named) in [
        (json!({ "endpoint": "localhost:4318" }), "`endpoint`"),
        (json!({ "logs-endpoint": "s3cret" }), "`logs-endpoint`"),
        (json!({ "traces-endpoint": "" }), "`traces-endpoint`"),
        (json!({ "signals": [] }), "`signals`"),
        (json!({ "service": " " }), "`service`"),
        (json!({ "request-bytes-max": "1KiB" }), "`request-bytes-max`"),
        (json!({ "request-bytes-max": "21MiB" }), "`request-bytes-max`"),
        (json!({ "headers": ["s3cret"] }), "`headers`"),
        (json!({ "headers": ["Content-Type=s3cret"] }), "`headers`"),
        (json!({ "headers": ["a b=s3cret"] }), "`headers`"),
        (json!({ "logs-headers": ["a=s3cret%0a"] }), "`logs-headers`"),
        (json!({ "traces-headers": ["=s3cret"] }), "`traces-headers`"),
        (json!({ "resource-attributes": ["shop"] }), "`resource-attributes`"),
    ] {
        let settings = serde_json::from_value(bad.clone()).unwrap();
        let error = Otlp::start(settings, Host::detached("otlp")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings, "{bad}");
        assert!(error.message.contains(named) && !error.message.contains("s3cret"), "{bad}: {}", error.message);
    }
}
