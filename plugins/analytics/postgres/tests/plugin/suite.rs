//! The sink conformance suite over this plugin, through the table it exports.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
};

use analytics_postgres::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::sink::{Fixture, InProcess, Options, Outcome, Report, run, run_questions},
    sdk::ProviderError,
};
use outrigger_tests::postgres_server::PostgresServer;
use uuid::Uuid;

/// Runs over providers that each begin with empty tables.
struct Cases {
    server: Arc<PostgresServer>,
    count: AtomicU32,
}

impl Cases {
    fn new() -> Self {
        Self { server: Arc::new(PostgresServer::start()), count: AtomicU32::new(0) }
    }

    async fn start(&self) -> Result<Fixture<InProcess>, ProviderError> {
        let schema = format!("case_{}", self.count.fetch_add(1, Ordering::Relaxed));
        let settings = serde_json::json!({ "url": self.server.url(), "schema": schema }).to_string();
        let subject = InProcess::start::<OutriggerPlugin>("postgres", &settings).await?;
        let server = self.server.clone();
        let read = move || {
            let ids = server.sql(&format!("SELECT id FROM {schema}.event ORDER BY seq"));
            std::future::ready(ids.lines().map(|id| Uuid::parse_str(id).unwrap()).collect())
        };
        Ok(Fixture::new(subject).recorded(read))
    }
}

fn all_passed(report: &Report) {
    report.assert_ok();
    assert!(report.cases.iter().all(|(_, outcome)| *outcome == Outcome::Passed), "{report:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_does_what_every_sink_has_to() {
    let cases = Cases::new();
    all_passed(&run(async || cases.start().await, Options::default()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_answers_what_every_provider_of_answers_does() {
    let cases = Cases::new();
    all_passed(&run_questions(async || cases.start().await, Options::default()).await);
}
