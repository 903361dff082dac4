//! Gives an event its identity and sends it to every provider of its kind.

use outrigger_plugin_api::sdk::{
    Bytes, analytics,
    sink::{Body, Verdict},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    call::{CallError, Delivery, Outgoing, Sinks},
    clock,
};

/// Most bytes of one event as JSON: 1 MiB, what the strictest of the common vendors takes in one item.
pub const EVENT_BYTES_MAX: usize = 1 << 20;

/// What became of events: one entry for each, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The events' ids and verdicts.
    pub events: Vec<EventReport>,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventReport {
    /// The event's id.
    pub id: Uuid,
    /// What each provider said.
    pub verdicts: Vec<ProviderVerdict>,
}

/// What one provider said of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderVerdict {
    /// Which provider.
    pub provider: String,
    /// The verdict's stable name, or `failed` where the call gave none.
    pub verdict: &'static str,
    /// Why, where there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The stable code of a failed call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Milliseconds until a retry makes sense, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ProviderVerdict {
    /// Tells whether the provider has the event, as far as it says.
    pub fn reached(&self) -> bool {
        matches!(self.verdict, "delivered" | "accepted_unverified")
    }
}

impl Report {
    /// Tells whether at least one provider has each event.
    pub fn reached_some(&self) -> bool {
        self.events.iter().all(|event| event.verdicts.iter().any(ProviderVerdict::reached))
    }
}

/// Gives the event an id and a time and checks its size.
///
/// # Errors
/// `call.invalid` where the event is larger than [`EVENT_BYTES_MAX`] or can't be JSON.
pub fn outgoing<B: Body>(event: &B) -> Result<Outgoing, CallError> {
    let body =
        serde_json::to_vec(event).map_err(|error| CallError::Invalid(format!("the event can't be JSON: {error}")))?;
    if body.len() > EVENT_BYTES_MAX {
        let text = format!("the event has {} bytes as JSON; at most {EVENT_BYTES_MAX} are taken", body.len());
        return Err(CallError::Invalid(text));
    }
    let received_at_ms = clock::unix_ms();
    Ok(Outgoing { id: Uuid::now_v7(), received_at_ms, sort: event.sort(), body: Bytes::from(body) })
}

/// Gives an analytics event the id that its `message_id` asks for, so that the same message posted twice is one.
///
/// # Errors
/// As [`outgoing`]; also where the event names nobody.
pub fn outgoing_analytics(event: &analytics::Event) -> Result<Outgoing, CallError> {
    let common = event.common();
    let named = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
    if !named(&common.identity.user_id) && !named(&common.identity.anonymous_id) {
        return Err(CallError::Invalid("the event names nobody: user_id or anonymous_id is needed".into()));
    }
    let mut outgoing = outgoing(event)?;
    if let Some(message_id) = &common.message_id {
        outgoing.id = message_uuid(message_id);
    }
    Ok(outgoing)
}

/// Returns the id of a message: itself where it is a UUID, else one derived from it.
pub fn message_uuid(message_id: &str) -> Uuid {
    // Chosen once at random; changing it would make every retried message a new one.
    const MESSAGES: Uuid = Uuid::from_u128(0x8c1f_6c1e_52b7_4f6a_9d0e_31a7_c0de_0001);
    Uuid::try_parse(message_id).unwrap_or_else(|_| Uuid::new_v5(&MESSAGES, message_id.as_bytes()))
}

/// Sends events to every provider and collects what each said.
///
/// # Errors
/// None of its own today; single providers' failures stand in the report.
pub async fn send(sinks: &Sinks, events: Vec<Outgoing>) -> Result<Report, CallError> {
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    let deliveries = sinks.deliver(events).await;
    let events = ids.into_iter().enumerate().map(|(index, id)| EventReport {
        id,
        verdicts: deliveries.iter().map(|delivery| verdict(delivery, index)).collect(),
    });
    Ok(Report { events: events.collect() })
}

fn verdict(delivery: &Delivery, index: usize) -> ProviderVerdict {
    let blank = |verdict| ProviderVerdict {
        provider: delivery.provider.clone(),
        verdict,
        reason: None,
        code: None,
        retry_after_ms: None,
    };
    let millis = |wait: std::time::Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    match &delivery.result {
        Err(error) => ProviderVerdict {
            reason: Some(error.to_string()),
            code: Some(error.code()),
            retry_after_ms: error.retry_after().map(millis),
            ..blank("failed")
        },
        Ok(verdicts) => match verdicts.get(index) {
            None => ProviderVerdict { reason: Some("the provider gave no verdict".into()), ..blank("failed") },
            Some(given) => {
                let (reason, wait) = match given {
                    Verdict::Retry { after, reason } => (Some(reason.clone()), after.map(millis)),
                    Verdict::Rejected(reason) | Verdict::DroppedByVendor(reason) => (Some(reason.clone()), None),
                    _ => (None, None),
                };
                ProviderVerdict { reason, retry_after_ms: wait, ..blank(given.as_str()) }
            }
        },
    }
}
