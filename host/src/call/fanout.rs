//! Sends events to every provider of a kind at once; none waits for another.

use std::sync::Arc;

use outrigger_plugin_api::{
    abi::{Outcome, RSlice, RVec, RecordView, SinkBox, VerdictView, wire},
    sdk::{Bytes, ProviderError, sink::Verdict},
};
use serde_json::Value;
use uuid::Uuid;

use super::CallError;
use crate::plugin::{Api, Provider, Slot, State};

/// One event on its way: identity, sort, and the body as the JSON that every provider gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// UUID v7.
    pub id: Uuid,
    /// Unix milliseconds.
    pub received_at_ms: u64,
    /// Which sort of record.
    pub sort: u16,
    /// UTF-8 JSON of the kind's model.
    pub body: Bytes,
}

/// What one provider said of a batch.
#[derive(Debug)]
pub struct Delivery {
    /// Which provider.
    pub provider: String,
    /// One verdict for each event in order, or why there is none.
    pub result: Result<Vec<Verdict>, CallError>,
}

/// The providers of one kind.
#[derive(Debug, Clone)]
pub struct Sinks {
    slots: Vec<Arc<Slot>>,
}

impl Sinks {
    /// Returns the sinks over these slots.
    pub const fn new(slots: Vec<Arc<Slot>>) -> Self {
        Self { slots }
    }

    /// Returns the slots.
    pub fn slots(&self) -> &[Arc<Slot>] {
        &self.slots
    }

    /// Tells whether any running provider takes this sort.
    pub fn any_takes(&self, sort: u16) -> bool {
        self.slots.iter().any(|slot| matches!(&**slot.state(), State::Running(provider) if provider.sorts().has(sort)))
    }

    /// Delivers the events to every provider and returns each one's verdicts.
    ///
    /// Runs in tasks of its own: a caller that goes away does not take the events back from anybody.
    pub async fn deliver(&self, events: Vec<Outgoing>) -> Vec<Delivery> {
        let events: Arc<[Outgoing]> = events.into();
        let spawn = |slot: &Arc<Slot>| {
            let (slot, events) = (slot.clone(), events.clone());
            (slot.config.name.clone(), tokio::spawn(async move { deliver_to(&slot, &events).await }))
        };
        let tasks: Vec<_> = self.slots.iter().map(spawn).collect();
        let mut deliveries = Vec::with_capacity(tasks.len());
        for (provider, task) in tasks {
            let result = task.await.unwrap_or_else(|error| {
                let error = ProviderError::internal(format!("the delivering task ended: {error}"));
                Err(CallError::Provider { provider: provider.clone(), error })
            });
            deliveries.push(Delivery { provider, result });
        }
        deliveries
    }
}

impl Sinks {
    /// Asks the first running provider that answers queries, or the one named.
    ///
    /// # Errors
    /// `provider.unsupported` where none answers queries; else the call's error.
    pub async fn query(&self, provider: Option<&str>, request: &Value) -> Result<Value, CallError> {
        let able = |slot: &&Arc<Slot>| {
            let named = provider.is_none_or(|name| slot.config.name == name);
            named && matches!(&**slot.state(), State::Running(running) if running.sorts().answers_queries())
        };
        let Some(slot) = self.slots.iter().find(able) else {
            let provider = provider.unwrap_or("any").to_owned();
            return Err(CallError::Unsupported { provider, what: "answer queries".into() });
        };
        let bytes = request.to_string();
        slot.gate.admit()?;
        let outcome = match &**slot.state() {
            State::Running(Provider { api: Api::Sink(sink), .. }) => {
                sink.query(slot.gate.frame(), RSlice::from_slice(bytes.as_bytes()))
            }
            _ => Outcome::unsupported(),
        };
        let answer = slot.gate.finish(outcome).await?;
        let text = answer.bytes().unwrap_or_default();
        serde_json::from_slice(text).map_err(|error| {
            let error = ProviderError::internal(format!("the plugin's answer is not JSON: {error}"));
            CallError::Provider { provider: slot.config.name.clone(), error }
        })
    }
}

/// Delivers to one provider, in batches within the bounds its manifest declares, in order.
async fn deliver_to(slot: &Slot, events: &[Outgoing]) -> Result<Vec<Verdict>, CallError> {
    let state = slot.state_full();
    let not_running = |why: &str| CallError::NotRunning { provider: slot.config.name.clone(), why: why.to_owned() };
    let provider = match &*state {
        State::Running(provider) => provider,
        State::Failed(failure) => return Err(not_running(&failure.message)),
        State::Stopped => return Err(not_running("it was shut down")),
    };
    let Api::Sink(sink) = &provider.api else { return Err(not_running("it takes no events")) };
    let mut verdicts = Vec::with_capacity(events.len());
    let mut rest = events;
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(batch_length(provider, rest));
        match deliver_batch(slot, sink, batch).await {
            Ok(answers) => verdicts.extend(answers),
            // What an earlier batch achieved stays known; the rest gets the reason, one for each.
            Err(error) if !verdicts.is_empty() => {
                let verdict = Verdict::Retry { after: error.retry_after(), reason: error.to_string() };
                verdicts.resize(events.len(), verdict);
                break;
            }
            Err(error) => return Err(error),
        }
        rest = later;
    }
    Ok(verdicts)
}

/// Returns how many events the next batch takes: at least one.
fn batch_length(provider: &Provider, events: &[Outgoing]) -> usize {
    let bound = |limit: u32| if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let (count_max, bytes_max) = (bound(provider.manifest.batch_count_max), bound(provider.manifest.batch_bytes_max));
    let mut bytes = 0_usize;
    let fits = |event: &&Outgoing| {
        bytes = bytes.saturating_add(event.body.len());
        bytes <= bytes_max
    };
    events.iter().take(count_max).take_while(fits).count().max(1)
}

async fn deliver_batch(slot: &Slot, sink: &SinkBox, batch: &[Outgoing]) -> Result<Vec<Verdict>, CallError> {
    slot.gate.admit()?;
    let outcome = {
        let records: Vec<RecordView<'_>> = batch.iter().map(view).collect();
        sink.deliver(slot.gate.frame(), RSlice::from_slice(&records))
    };
    let verdicts: RVec<VerdictView> = slot.gate.finish(outcome).await?;
    if verdicts.len() != batch.len() {
        let error = ProviderError::internal(format!("gave {} verdicts for {} records", verdicts.len(), batch.len()));
        return Err(CallError::Provider { provider: slot.config.name.clone(), error });
    }
    Ok(verdicts.iter().map(wire::decode_verdict).collect())
}

fn view(event: &Outgoing) -> RecordView<'_> {
    RecordView {
        id: event.id.into_bytes(),
        received_at_ms: event.received_at_ms,
        sort: event.sort,
        attempt: 1,
        flags: 0,
        body: RSlice::from_slice(&event.body),
        reserved: [0; 2],
    }
}
