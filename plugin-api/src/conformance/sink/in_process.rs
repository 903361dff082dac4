//! A provider driven through the very table it exports, without a library file between.

use super::{Promise, RawRecord, Subject};
use crate::abi::{CallView, InstanceView, LifeBox, Outcome, RResult, RSlice, RecordView, Res, SinkBox, wire};
use crate::export::Plugin;
use crate::manifest::Manifest;
use crate::sdk::{Call, Health, ProviderError, sink::Verdict};

/// A provider in this process. Its calls pass the export layer both ways, so guard and encoding are part of the test.
pub struct InProcess {
    life: LifeBox,
    sink: SinkBox,
    promise: Promise,
}

impl InProcess {
    /// Starts a provider from its settings as JSON.
    ///
    /// # Errors
    /// What the manifest, the validation or the start say.
    pub async fn start<P: Plugin>(name: &str, settings: &str) -> Result<Self, ProviderError> {
        let manifest: Manifest = serde_json::from_slice(P::manifest())
            .map_err(|error| ProviderError::internal(format!("the manifest can't be read: {error}")))?;
        let promise = Promise::of(&manifest)?;
        let outcome = {
            let view = InstanceView {
                instance: 1,
                kind: promise.kind.code(),
                flags: 0,
                workers: 2,
                name: RSlice::from_slice(name.as_bytes()),
                settings: RSlice::from_slice(settings.as_bytes()),
                reserved: [0; 4],
            };
            P::validate(&view)?;
            P::start_sink(&view)
        };
        let built = answer(outcome).await?;
        Ok(Self { life: built.life, sink: built.sink, promise })
    }
}

impl Subject for InProcess {
    fn promise(&self) -> Promise {
        self.promise
    }

    async fn deliver(&self, call: Call, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        let outcome = {
            let views: Vec<RecordView<'_>> = batch.iter().map(RawRecord::view).collect();
            self.sink.deliver(&CallView::from(&call), RSlice::from_slice(&views))
        };
        // Borrowed bytes are the plugin's only until deliver returns; freeing them here lets a test see misuse.
        drop(batch);
        Ok(answer(outcome).await?.iter().map(wire::decode_verdict).collect())
    }

    async fn query(&self, call: Call, question: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        let text = question.to_string();
        let outcome = self.sink.query(&CallView::from(&call), RSlice::from_slice(text.as_bytes()));
        // Borrowed only until query returns, as a batch is.
        drop(text);
        let blob = answer(outcome).await?;
        serde_json::from_slice(blob.bytes().unwrap_or_default())
            .map_err(|error| ProviderError::internal(format!("the answer is not JSON: {error}")))
    }

    async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        let outcome = self.life.health(&CallView::from(&call));
        let view = answer(outcome).await?;
        let text = || view.message.text().unwrap_or_default().into_owned();
        Ok(if view.state == 0 { Health::Serving } else { Health::Degraded(text()) })
    }

    async fn flush(&self, call: Call) -> Result<(), ProviderError> {
        let outcome = self.life.flush(&CallView::from(&call));
        answer(outcome).await
    }

    async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        let outcome = self.life.shutdown(&CallView::from(&call));
        answer(outcome).await
    }
}

async fn answer<T>(outcome: Outcome<T>) -> Result<T, ProviderError> {
    let result: Res<T> = match outcome {
        Outcome::Ready(result) => result,
        Outcome::Pending(future) => future.await,
    };
    match result {
        RResult::ROk(value) => Ok(value),
        RResult::RErr(error) => Err(wire::decode_error(&error)),
    }
}
