//! Keeps analytics events in PostgreSQL: next to the application's own data, each event once, open to any SQL client.

mod fault;
mod link;
mod month;
mod query;
mod row;
mod schema;
pub mod settings;
mod store;

use std::{sync::Arc, time::Duration};

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, ErrorKind, Health, Host, ProviderError,
        analytics::Event,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Verdict},
    },
};
use tokio::task::JoinHandle;

use row::{Columns, Row};
use settings::Settings;
use store::Store;

/// How often months are made ahead and old ones removed. A month is made one month ahead, so an hour is often.
const UPKEEP: Duration = Duration::from_secs(60 * 60);

/// How soon upkeep is tried again after a failure: a server that was away is back by then, or the next time.
const UPKEEP_AGAIN: Duration = Duration::from_secs(60);

/// Longest wait for a sign of life.
const PING: Duration = Duration::from_secs(2);

/// The provider. The server is first dialled when there is something to store: an application whose database starts
/// later than its sidecar loses nothing.
pub struct Postgres {
    store: Arc<Store>,
    upkeep: JoinHandle<()>,
}

impl SinkProvider for Postgres {
    type Body = Event;
    type Settings = Settings;
    const SORTS: Sorts = Sorts::ALL.and_queries();
    // Large, because a transaction's cost is the commit; bounded so that one batch is written well within a second.
    const BATCH: BatchLimits = BatchLimits { count_max: 5_000, bytes_max: 8 << 20 };
    // By the record's id and time, both frozen in the record.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;

    async fn start(settings: Settings, _host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let store = Arc::new(Store::new(&settings)?);
        let upkeep = tokio::spawn(keep(store.clone()));
        Ok(Self { store, upkeep })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        let (mut columns, mut verdicts) = (Columns::default(), Vec::with_capacity(batch.len()));
        for record in batch {
            match Row::new(record) {
                Ok(row) => {
                    columns.push(row);
                    verdicts.push(Verdict::Delivered);
                }
                Err(reason) => verdicts.push(Verdict::Rejected(reason)),
            }
        }
        if !columns.is_empty() {
            let late = |_| ProviderError::new(ErrorKind::Timeout, "no answer from the server in the call's time");
            let put = self.store.put(&columns);
            match call.budget {
                Some(budget) => tokio::time::timeout(budget, put).await.map_err(late)??,
                None => put.await?,
            }
        }
        Ok(verdicts)
    }

    async fn query(&self, call: Call, request: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        query::answer(&self.store, call, request).await
    }

    async fn health(&self, _call: Call) -> Result<Health, ProviderError> {
        // Degraded, not failed: only the next delivery can find out that the fault is gone, so it has to come.
        Ok(match tokio::time::timeout(PING, self.store.ping()).await {
            Ok(Ok(())) => Health::Serving,
            Ok(Err(error)) => Health::Degraded(error.message),
            Err(_) => Health::Degraded(format!("no answer from the server within {PING:?}")),
        })
    }

    async fn shutdown(&self, _call: Call) -> Result<(), ProviderError> {
        self.upkeep.abort();
        self.store.close();
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

async fn keep(store: Arc<Store>) {
    loop {
        let pause = match store.upkeep().await {
            Ok(()) => UPKEEP,
            Err(error) => {
                tracing::warn!(%error, "could not see to the months of events; trying again in a minute");
                UPKEEP_AGAIN
            }
        };
        tokio::time::sleep(pause).await;
    }
}

export_plugin! {
    analytics: Postgres,
    description: "Keeps analytics events in a PostgreSQL database",
    settings: include_str!("../settings.schema.json"),
}
