//! The sink conformance suite over this plugin, through the table it exports.

use std::sync::Arc;

use analytics_internal::{OutriggerPlugin, reader::Reader};
use outrigger_plugin_api::conformance::sink::{Fixture, InProcess, Options, Outcome, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_does_what_every_sink_has_to() {
    let start = async || {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("events.sqlite3");
        let settings = serde_json::json!({ "path": path }).to_string();
        let subject = InProcess::start::<OutriggerPlugin>("internal", &settings).await?;
        let read = move || {
            let _kept = &folder;
            std::future::ready(Reader::open(&path).unwrap().ids().unwrap())
        };
        Ok(Fixture::new(subject).recorded(read))
    };
    let report = run(start, Options::default()).await;
    report.assert_ok();
    assert!(report.cases.iter().all(|(_, outcome)| *outcome == Outcome::Passed), "{report:#?}");
}
