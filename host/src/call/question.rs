//! Questions to analytics providers.
//!
//! A question passes neither the places nor the breaker of its provider: those are for events, and a question that takes
//! long, or that nobody can answer in time, says nothing of whether events can be delivered. A provider bounds how many it
//! answers at once; the time is bounded here, by the provider's `timeout`.

use std::sync::{Arc, atomic::Ordering};

use outrigger_plugin_api::{
    abi::{Blob, Outcome, RSlice},
    sdk::{ErrorKind, ProviderError},
};
use serde_json::Value;

use super::{CallError, Sinks, finish};
use crate::{
    crash,
    plugin::{Api, Slot, skew},
};

impl Sinks {
    /// Returns the running providers that answer questions.
    pub fn answering(&self) -> impl Iterator<Item = Arc<Slot>> {
        self.slots().into_iter().filter(|slot| answers(slot))
    }

    /// Asks the first running provider that answers questions, or the one named.
    ///
    /// # Errors
    /// `provider.unsupported` where that one answers none, or nobody does: the message names those that do;
    /// `provider.not_running`; else the provider's own error, `provider.timeout` where it took too long.
    pub async fn query(&self, provider: Option<&str>, request: &Value) -> Result<Value, CallError> {
        let wanted = |slot: &Arc<Slot>| provider.map_or_else(|| answers(slot), |name| slot.config.name == name);
        let Some(slot) = self.slots().into_iter().find(wanted) else { return Err(self.nobody(None, provider)) };
        slot.running()?;
        if answers(&slot) { ask(&slot, request).await } else { Err(self.nobody(Some(&slot), provider)) }
    }

    fn nobody(&self, asked: Option<&Slot>, name: Option<&str>) -> CallError {
        let able = self.answering().map(|slot| slot.config.name.clone()).collect();
        let skew = asked.and_then(Slot::provider).and_then(|provider| skew(&provider.manifest.api));
        CallError::NobodyAnswers { asked: name.map(str::to_owned), skew, able }
    }
}

fn answers(slot: &Slot) -> bool {
    slot.provider().is_some_and(|provider| provider.sorts().answers_queries())
}

/// Asks one provider.
///
/// # Errors
/// The provider's own error, `provider.timeout` where it took too long.
pub async fn ask(slot: &Slot, request: &Value) -> Result<Value, CallError> {
    let (text, _waiting) = (request.to_string(), slot.gate.enter());
    let mark = slot.gate.crumb.op(crash::Op::Query);
    let outcome: Outcome<Blob> = match slot.provider().map(|provider| &provider.api) {
        Some(Api::Sink(sink)) => mark.during(|| sink.query(slot.gate.frame(), RSlice::from_slice(text.as_bytes()))),
        _ => Outcome::unsupported(),
    };
    let failed = |error: ProviderError| {
        slot.gate.failed.fetch_add(1, Ordering::Relaxed);
        slot.gate.said(error)
    };
    let answer = finish(mark, Some(slot.gate.timeout()), outcome).await.map_err(failed)?;
    slot.gate.waited.fetch_add(1, Ordering::Relaxed);
    serde_json::from_slice(answer.bytes().unwrap_or_default()).map_err(|error| {
        failed(ProviderError::new(ErrorKind::Internal, format!("the plugin's answer is not JSON: {error}")))
    })
}
