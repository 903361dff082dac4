//! Measures how many events a second are committed: `cargo run --release -p analytics_internal --example throughput`.
//!
//! Two loads: large batches from two callers, and single records from 256 callers that share commits.
#![expect(clippy::print_stdout, reason = "a program whose output is the result")]

use std::{sync::Arc, time::Instant};

use analytics_internal::{Incoming, Internal, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, Host, ProviderError,
    sink::{Record, SinkProvider},
};
use uuid::Uuid;

/// What one load is: callers, calls of each, records in a call.
const LOADS: [(u64, u64, u64); 3] = [(2, 100, 5_000), (16, 100, 500), (256, 1_000, 1)];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    for (callers, calls, records) in LOADS {
        let path = folder.path().join(format!("{callers}.sqlite3"));
        let settings = Settings { path, ..Settings::default() };
        let provider = Arc::new(Internal::start(settings, Host::detached("internal")).await?);
        let begun = Instant::now();
        let tasks: Vec<_> =
            (0..callers).map(|caller| tokio::spawn(send(provider.clone(), caller, calls, records))).collect();
        for task in tasks {
            task.await??;
        }
        let (events, took) = (callers * calls * records, begun.elapsed().as_secs_f64());
        println!(
            "{callers:>3} callers, {records:>5} records a call: {:>8.0} events/s ({events} in {took:.2} s)",
            events as f64 / took
        );
        provider.shutdown(Call::unbounded()).await?;
    }
    Ok(())
}

async fn send(provider: Arc<Internal>, caller: u64, calls: u64, records: u64) -> Result<(), ProviderError> {
    for call in 0..calls {
        let batch =
            (0..records).map(|index| record(caller * 1_000_003 + call * 5_003 + index)).collect::<Result<_, _>>();
        let batch = batch.map_err(|error| ProviderError::internal(error.to_string()))?;
        provider.deliver(Call::unbounded(), batch).await?;
    }
    Ok(())
}

/// One of ten names, one of 50,000 users, some 75 bytes of properties.
fn record(seed: u64) -> serde_json::Result<Record<Incoming>> {
    let number = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let body = format!(
        r#"{{"type":"track","event":"Event {}","properties":{{"campaign":"autumn sale, second wave","path":"/products/{}","price":{}}},"user_id":"user-{}"}}"#,
        number % 10,
        number % 1_000,
        number % 10_000,
        number % 50_000
    );
    let body = serde_json::from_str(&body)?;
    Ok(Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000 + seed % 1_000_000, attempt: 1, body })
}
