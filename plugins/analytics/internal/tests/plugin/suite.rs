//! The sink conformance suites over this plugin, through the table it exports.

use std::sync::Arc;

use analytics_internal::{OutriggerPlugin, reader::Reader};
use outrigger_plugin_api::{
    conformance::sink::{Fixture, InProcess, Options, Outcome, Report, run, run_questions},
    sdk::ProviderError,
};

async fn start() -> Result<Fixture<InProcess>, ProviderError> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("events.sqlite3");
    let settings = serde_json::json!({ "path": path }).to_string();
    let subject = InProcess::start::<OutriggerPlugin>("internal", &settings).await?;
    let read = move || {
        let _kept = &folder;
        std::future::ready(Reader::open(&path).unwrap().ids().unwrap())
    };
    Ok(Fixture::new(subject).recorded(read))
}

fn all_passed(report: &Report) {
    report.assert_ok();
    assert!(report.cases.iter().all(|(_, outcome)| *outcome == Outcome::Passed), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_does_what_every_sink_has_to() {
    all_passed(&run(start, Options::default()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_answers_what_every_provider_of_answers_does() {
    all_passed(&run_questions(start, Options::default()).await);
}
