//! Keeps analytics events in one SQLite file: no service to run, each event once, readable with any SQLite client.

mod fault;
mod incoming;
mod month;
mod open;
mod query;
pub mod reader;
mod row;
mod schema;
pub mod settings;
mod store;
mod writer;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Health, Host, ProviderError, RunOn,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Verdict},
    },
};
use tokio::sync::oneshot;

pub use incoming::Incoming;
use query::Questions;
use row::Row;
use settings::Settings;
use writer::{Delivery, Job, Placed, Queue};

/// The provider: prepares rows on the caller's thread, hands them to the one that writes, awaits the commit.
#[derive(Debug)]
pub struct Internal {
    queue: Queue,
    questions: Questions,
}

impl SinkProvider for Internal {
    type Body = Incoming;
    type Settings = Settings;
    const SORTS: Sorts = Sorts::ALL.and_queries();
    // Large, because a transaction's cost is the commit; bounded so that one batch is written well within a second.
    const BATCH: BatchLimits = BatchLimits { count_max: 5_000, bytes_max: 8 << 20 };
    // By the record's id, which is unique in the file.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    // Two libraries of SQLite in one process drop each other's locks on one file.
    const EXCLUSIVE: bool = true;
    // Nothing here waits but for the writing thread's answer.
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, _host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let questions = Questions::new(settings.path.clone());
        let opened = writer::start(settings)?.await;
        let queue = opened.map_err(|_| ProviderError::internal("the writing thread ended while it started"))??;
        Ok(Self { queue, questions })
    }

    async fn deliver(&self, _call: Call, batch: Vec<Record<Incoming>>) -> Result<Vec<Verdict>, ProviderError> {
        let (mut rows, mut verdicts, mut bytes) = (Vec::with_capacity(batch.len()), Vec::new(), 0_usize);
        for (place, record) in batch.into_iter().enumerate() {
            match Row::new(record) {
                Ok(row) => {
                    bytes = bytes.saturating_add(row.bytes());
                    rows.push(Placed { place, row });
                    verdicts.push(None);
                }
                Err(reason) => verdicts.push(Some(Verdict::Rejected(reason))),
            }
        }
        if !rows.is_empty() {
            let (reply, answer) = oneshot::channel();
            let room = self.queue.room(bytes)?;
            self.queue.put(Job::Deliver(Delivery { rows, verdicts, reply, _room: room }))?;
            verdicts = answer.await.map_err(|_| writer::ended())?;
        }
        Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(undecided)).collect())
    }

    async fn query(&self, call: Call, request: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        self.questions.answer(call, request, &self.queue).await
    }

    async fn health(&self, _call: Call) -> Result<Health, ProviderError> {
        // Degraded, not failed: only the next delivery can find out that the fault is gone, so it has to come.
        Ok(self.queue.fault().map_or(Health::Serving, Health::Degraded))
    }

    async fn flush(&self, _call: Call) -> Result<(), ProviderError> {
        let (reply, answer) = oneshot::channel();
        self.queue.put(Job::Flush(reply))?;
        answer.await.map_err(|_| writer::ended())
    }

    async fn shutdown(&self, _call: Call) -> Result<(), ProviderError> {
        let (reply, answer) = oneshot::channel();
        // A thread that has ended already has closed the file: a second shutdown has nothing to do.
        if self.queue.put(Job::Close(reply)).is_ok() {
            let _ = answer.await;
        }
        Ok(())
    }
}

/// The writer answers for every row; were one left out, sending it again is harmless.
fn undecided() -> Verdict {
    Verdict::Retry { after: None, reason: "the writing thread did not say what became of it".to_owned() }
}

export_plugin! {
    analytics: Internal,
    description: "Keeps analytics events in a SQLite file",
    settings: include_str!("../settings.schema.json"),
}
