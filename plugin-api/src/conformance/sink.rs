//! What every monitoring and analytics provider has to do, as one suite over a [`Subject`].
//!
//! ```no_run
//! # use outrigger_plugin_api::{conformance::sink::{Fixture, InProcess, Options, run}, export::Plugin};
//! # async fn example<OutriggerPlugin: Plugin>() {
//! // `OutriggerPlugin` is what `export_plugin!` puts at the root of every plugin's crate.
//! let start = async || Ok(Fixture::new(InProcess::start::<OutriggerPlugin>("mine", "{}").await?));
//! run(start, Options::default()).await.assert_ok();
//! # }
//! ```
//!
//! Each case gets a provider of its own. A case that can't apply, because nothing can be read back from the vendor
//! or the provider takes no such record, is reported as not applicable; it never counts as passed.

mod cases;
mod in_process;
mod known;
mod report;
mod sample;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use uuid::Uuid;

pub use in_process::InProcess;
pub use report::{Outcome, Report};

use super::Watch;
use crate::abi::{RSlice, RecordView};
use crate::manifest::{Kind, Manifest};
use crate::sdk::{
    Call, Health, ProviderError,
    sink::{BatchLimits, Idempotency, Sorts, Verdict},
};

/// How long one case may take. A provider that hangs fails its case, not the run.
const CASE_TIME_MAX: Duration = Duration::from_secs(60);

/// A record as the host hands it over: its body is JSON that nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// The same on every attempt.
    pub id: Uuid,
    /// Unix milliseconds.
    pub received_at_ms: u64,
    /// Which sort the body is said to be.
    pub sort: u16,
    /// 1 on the first try.
    pub attempt: u16,
    /// JSON of the kind's model.
    pub body: Bytes,
}

impl RawRecord {
    /// Returns it as it crosses the seam.
    pub fn view(&self) -> RecordView<'_> {
        RecordView {
            id: self.id.into_bytes(),
            received_at_ms: self.received_at_ms,
            sort: self.sort,
            attempt: self.attempt,
            flags: 0,
            body: RSlice::from_slice(&self.body),
            reserved: [0; 2],
        }
    }
}

/// What a provider's manifest promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Monitoring or analytics.
    pub kind: Kind,
    /// The sorts it takes.
    pub sorts: Sorts,
    /// The largest batch it takes.
    pub batch: BatchLimits,
    /// Whether it recognises a repeat.
    pub idempotency: Idempotency,
}

impl Promise {
    /// Reads the promise of a sink's manifest.
    ///
    /// # Errors
    /// `invalid` where it is no sink's.
    pub fn of(manifest: &Manifest) -> Result<Self, ProviderError> {
        let kind = match manifest.kinds.as_slice() {
            [kind @ (Kind::Monitoring | Kind::Analytics)] => *kind,
            other => return Err(ProviderError::invalid(format!("not a sink but {other:?}"))),
        };
        let idempotency = match manifest.idempotency.as_str() {
            "full" => Idempotency::Full,
            "partial" => Idempotency::Partial,
            _ => Idempotency::None,
        };
        let batch = BatchLimits { count_max: manifest.batch_count_max, bytes_max: manifest.batch_bytes_max };
        Ok(Self { kind, sorts: Sorts(manifest.capabilities), batch, idempotency })
    }
}

/// One running provider, seen through whatever carries the calls: the export layer, or a loaded library.
pub trait Subject: Send + Sync + 'static {
    /// Returns what the manifest promises.
    fn promise(&self) -> Promise;
    /// Delivers records.
    fn deliver(
        &self,
        call: Call,
        batch: Vec<RawRecord>,
    ) -> impl Future<Output = Result<Vec<Verdict>, ProviderError>> + Send;
    /// Asks a question about what was delivered.
    fn query(
        &self,
        call: Call,
        question: serde_json::Value,
    ) -> impl Future<Output = Result<serde_json::Value, ProviderError>> + Send;
    /// Asks whether it can serve.
    fn health(&self, call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send;
    /// Waits until what was accepted is with the backend.
    fn flush(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send;
    /// Ends it.
    fn shutdown(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send;
}

/// Reads the ids of all records that arrived at the backend, in the order of arrival.
pub type Recorded = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Uuid>> + Send>> + Send + Sync>;

/// A running provider and, where the backend can be read, the way to do so.
pub struct Fixture<S> {
    subject: Arc<S>,
    recorded: Option<Recorded>,
}

impl<S> Fixture<S> {
    /// Returns a fixture whose backend can't be read.
    pub fn new(subject: S) -> Self {
        Self { subject: Arc::new(subject), recorded: None }
    }

    /// Returns the fixture with a way to read what arrived.
    #[must_use]
    pub fn recorded<F>(mut self, read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Vec<Uuid>> + Send + 'static,
    {
        self.recorded = Some(Box::new(move || Box::pin(read())));
        self
    }
}

/// What differs between providers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Cases known to fail, with the reason. One that passes after all is a failure: strike it from the list.
    pub known_gaps: &'static [(&'static str, &'static str)],
}

/// Runs every case, each over a provider that `start` makes, and reports.
pub async fn run<S: Subject>(start: impl AsyncFn() -> Result<Fixture<S>, ProviderError>, options: Options) -> Report {
    run_watched(start, options, &|_| ()).await
}

/// Runs every case as [`run`] does, and tells `watch` each step.
pub async fn run_watched<S: Subject>(
    start: impl AsyncFn() -> Result<Fixture<S>, ProviderError>,
    options: Options,
    watch: Watch<'_>,
) -> Report {
    let mut report = Report::new(options.known_gaps);
    cases::all(&start, &mut report, watch).await;
    report
}

/// Returns a record that the provider has to take, with `text` in it.
pub fn sample(promise: &Promise, text: &str) -> RawRecord {
    sample::any(promise, text)
}

/// Runs the cases about questions: known events are delivered, each question is asked, and the answers are compared with
/// those that every provider gives. For providers that declare [`Sorts::and_queries`], beside [`run`].
///
/// `start` has to make a provider whose backend is empty each time.
pub async fn run_questions<S: Subject>(
    start: impl AsyncFn() -> Result<Fixture<S>, ProviderError>,
    options: Options,
) -> Report {
    let mut report = Report::new(options.known_gaps);
    cases::all_questions(&start, &mut report, &|_| ()).await;
    report
}

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stop {
    Failed(String),
    NotApplicable(&'static str),
}

impl From<ProviderError> for Stop {
    fn from(error: ProviderError) -> Self {
        Self::Failed(format!("unexpected error: {error}"))
    }
}

type Case = Result<(), Stop>;

/// Fails the case unless `holds`.
fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Case {
    if holds { Ok(()) } else { Err(Stop::Failed(otherwise())) }
}

#[cfg(test)]
mod tests;
