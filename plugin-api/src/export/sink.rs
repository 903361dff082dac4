//! The sink table over an author's provider.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    drive::pending,
    instance::Instance,
    life::{LifeGlue, Living, begin, entry},
};
use crate::abi::{
    Blob, BuiltSink, CHECKED, CallView, InstanceView, Outcome, RSlice, RVec, RecordView, Sink, Sink_TO, VerdictView,
    wire,
};
use crate::sdk::sink::{Body, Record, SinkProvider, Verdict};
use crate::sdk::{Call, Health, ProviderError, RunOn};

/// Starts the provider that the host describes.
pub fn start_sink<T: SinkProvider>(view: &InstanceView<'_>) -> Outcome<BuiltSink> {
    begin(view, |settings, host| async { T::start(settings, host).await.map(Alive) }, built::<T>)
}

fn built<T: SinkProvider>(instance: Arc<Instance<Alive<T>>>) -> BuiltSink {
    let sink = Sink_TO::from_value(SinkGlue(instance.clone()), abi_stable::sabi_trait::TD_Opaque);
    BuiltSink { life: LifeGlue::boxed(instance), sink }
}

/// Gives a sink provider the life table.
struct Alive<T>(T);

impl<T: SinkProvider> Living for Alive<T> {
    const RUN_ON: RunOn = T::RUN_ON;
    fn health(&self, call: Call) -> impl Future<Output = Result<Health, ProviderError>> + Send {
        self.0.health(call)
    }
    fn flush(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        self.0.flush(call)
    }
    fn shutdown(&self, call: Call) -> impl Future<Output = Result<(), ProviderError>> + Send {
        self.0.shutdown(call)
    }
}

struct SinkGlue<T>(Arc<Instance<Alive<T>>>);

impl<T: SinkProvider> Sink for SinkGlue<T> {
    fn deliver(&self, call: &CallView, records: RSlice<'_, RecordView<'_>>) -> Outcome<RVec<VerdictView>> {
        entry(|| {
            let (instance, call) = (self.0.clone(), Call::from(call));
            let (batch, mut verdicts) = sort_out::<T>(records.as_slice());
            pending(self.0.place(T::RUN_ON), async move {
                let expected = batch.len();
                // Nothing to deliver is not worth a call: the provider may not expect an empty batch.
                let delivered = if expected == 0 { Vec::new() } else { instance.0.deliver(call, batch).await? };
                if delivered.len() != expected {
                    let got = delivered.len();
                    return Err(ProviderError::internal(format!("gave {got} verdicts for {expected} records")));
                }
                let mut delivered = delivered.into_iter();
                for verdict in &mut verdicts {
                    if verdict.is_none() {
                        *verdict = delivered.next();
                    }
                }
                Ok(verdicts.into_iter().flatten().map(wire::encode_verdict).collect())
            })
        })
    }

    fn query(&self, call: &CallView, request: RSlice<'_, u8>) -> Outcome<Blob> {
        entry(|| {
            let (instance, call, request) = (self.0.clone(), Call::from(call), parse(request));
            pending(self.0.place(T::RUN_ON), async move {
                instance.0.query(call, request?).await.map(|answer| Blob::from(answer.to_string()))
            })
        })
    }
}

/// Reads a query's request.
fn parse(request: RSlice<'_, u8>) -> Result<serde_json::Value, ProviderError> {
    serde_json::from_slice(request.as_slice())
        .map_err(|error| ProviderError::invalid(format!("the query is not JSON: {error}")))
}

/// Splits records into those to deliver and the verdicts known already; `None` marks one to deliver.
fn sort_out<T: SinkProvider>(records: &[RecordView<'_>]) -> (Vec<Record<T::Body>>, Vec<Option<Verdict>>) {
    let mut batch = Vec::with_capacity(records.len());
    let verdicts = records.iter().map(|view| {
        if !T::SORTS.has(view.sort) {
            return Some(Verdict::Unsupported);
        }
        let json = view.body.as_slice();
        let checked = view.flags & CHECKED != 0;
        match if checked { T::Body::read_checked(json, view.sort) } else { T::Body::read(json) } {
            Ok(body) => {
                let id = Uuid::from_bytes(view.id);
                batch.push(Record { id, received_at_ms: view.received_at_ms, attempt: view.attempt, body });
                None
            }
            Err(error) => Some(Verdict::Rejected(format!("the record's body can't be read: {error}"))),
        }
    });
    let verdicts = verdicts.collect();
    (batch, verdicts)
}

#[cfg(test)]
mod tests;
