//! The sink conformance suite over this plugin, through the table it exports.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
};

use analytics_postgres::OutriggerPlugin;
use outrigger_plugin_api::conformance::sink::{Fixture, InProcess, Options, Outcome, run};
use outrigger_tests::postgres_server::PostgresServer;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_does_what_every_sink_has_to() {
    let server = Arc::new(PostgresServer::start());
    let cases = AtomicU32::new(0);
    let start = async || {
        // A schema each: cases have to begin empty.
        let schema = format!("case_{}", cases.fetch_add(1, Ordering::Relaxed));
        let settings = serde_json::json!({ "url": server.url(), "schema": schema }).to_string();
        let subject = InProcess::start::<OutriggerPlugin>("postgres", &settings).await?;
        let server = server.clone();
        let read = move || {
            let ids = server.sql(&format!("SELECT id FROM {schema}.event ORDER BY seq"));
            std::future::ready(ids.lines().map(|id| Uuid::parse_str(id).unwrap()).collect())
        };
        Ok(Fixture::new(subject).recorded(read))
    };
    let report = run(start, Options::default()).await;
    report.assert_ok();
    assert!(report.cases.iter().all(|(_, outcome)| *outcome == Outcome::Passed), "{report:#?}");
}
