//! Calls into monitoring and analytics providers: a batch of events with a verdict each.

use std::sync::Arc;

use outrigger_plugin_api::{
    abi::{CHECKED, RSlice, RVec, RecordView, VerdictView, wire},
    manifest::Kind,
    sdk::{Bytes, ProviderError, sink::Verdict},
};
use uuid::Uuid;

use super::CallError;
use crate::{
    crash,
    plugin::{Api, Slot, Switch},
};

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

/// What is known of the bodies of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// Each was read or written by its kind's model in this host, as all that the journal holds; providers are told so.
    Checked,
    /// They may be anything.
    Unchecked,
}

/// The providers of one kind, whichever they are at the moment.
#[derive(Debug, Clone)]
pub struct Sinks {
    switch: Arc<Switch>,
    kind: Kind,
}

impl Sinks {
    /// Returns the sinks of a kind in the present registry.
    pub const fn new(switch: Arc<Switch>, kind: Kind) -> Self {
        Self { switch, kind }
    }

    /// Returns the slots of this moment.
    pub fn slots(&self) -> Vec<Arc<Slot>> {
        self.switch.present().of(self.kind).cloned().collect()
    }

    /// Tells whether any running provider takes this sort.
    pub fn any_takes(&self, sort: u16) -> bool {
        let takes = |slot: &Arc<Slot>| slot.provider().is_some_and(|provider| provider.sorts().has(sort));
        self.switch.present().of(self.kind).any(takes)
    }

    /// Tells whether there is any.
    pub fn exist(&self) -> bool {
        self.switch.present().of(self.kind).next().is_some()
    }
}

/// Delivers one batch to one provider, each event with the number of its try. Returns a verdict for each, in order.
///
/// Dropping the future aborts the provider's work; what then arrived is unknown. The batch is not split: the caller keeps
/// to the bounds of the provider's manifest.
///
/// # Errors
/// Why there are no verdicts: `provider.not_running`, `call.breaker_open` and `call.overloaded` before the provider was
/// called, else its own error or `call.deadline`.
pub async fn deliver<'a>(
    slot: &Slot,
    events: impl Iterator<Item = (&'a Outgoing, u32)>,
    bodies: Bodies,
) -> Result<Vec<Verdict>, CallError> {
    let Api::Sink(sink) = &slot.running()?.api else { return Err(slot.not_running("it takes no events")) };
    slot.gate.admit()?;
    let mark = slot.gate.crumb.op(crash::Op::Deliver);
    let (outcome, sent) = {
        let records: Vec<RecordView<'_>> = events.map(|(event, attempt)| view(event, attempt, bodies)).collect();
        let _flight = mark.flies();
        (mark.during(|| sink.deliver(slot.gate.frame(), RSlice::from_slice(&records))), records.len())
    };
    let verdicts: RVec<VerdictView> = slot.gate.finish(crash::Op::Deliver, outcome).await?;
    if verdicts.len() != sent {
        let lie = format!("gave {} verdicts for {sent} records", verdicts.len());
        return Err(slot.gate.said(ProviderError::internal(lie)));
    }
    Ok(verdicts.iter().map(|view| cleaned(slot, wire::decode_verdict(view))).collect())
}

/// Takes the provider's secrets out of a verdict's reason: it goes into receipts and dead letters.
fn cleaned(slot: &Slot, verdict: Verdict) -> Verdict {
    let clean = |reason| slot.gate.redactor.clean(reason);
    match verdict {
        Verdict::Retry { after, reason } => Verdict::Retry { after, reason: clean(reason) },
        Verdict::Rejected(reason) => Verdict::Rejected(clean(reason)),
        Verdict::DroppedByVendor(reason) => Verdict::DroppedByVendor(clean(reason)),
        Verdict::Ambiguous(reason) => Verdict::Ambiguous(clean(reason)),
        silent => silent,
    }
}

fn view(event: &Outgoing, attempt: u32, bodies: Bodies) -> RecordView<'_> {
    RecordView {
        id: event.id.into_bytes(),
        received_at_ms: event.received_at_ms,
        sort: event.sort,
        attempt: u16::try_from(attempt).unwrap_or(u16::MAX),
        flags: if bodies == Bodies::Checked { CHECKED } else { 0 },
        body: RSlice::from_slice(&event.body),
        reserved: [0; 2],
    }
}
