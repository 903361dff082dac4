//! HTTP requests that the host made for plugins.

use std::sync::Arc;

use super::{exposition::Exposition, labels};
use crate::{
    outbound::{Counted, OUTCOMES},
    plugin::{Slot, outbound_counted},
};

pub(super) fn write(out: &mut Exposition, slots: &[Arc<Slot>]) {
    let counted: Vec<(String, Counted)> = slots.iter().filter_map(counted).collect();
    if counted.is_empty() {
        return;
    }
    let name = "outrigger_outbound_requests_total";
    out.family(name, "counter", "HTTP requests made for a plugin, by class of status or why there was no answer.");
    for (labels, counted) in &counted {
        for (outcome, count) in OUTCOMES.iter().zip(counted.outcomes) {
            out.sample(name, &format!("{labels},outcome=\"{outcome}\""), count);
        }
    }
    let name = "outrigger_outbound_request_duration_seconds";
    out.family(name, "histogram", "Time from handing a request over to the last byte of its answer.");
    counted.iter().for_each(|(labels, counted)| out.histogram(name, labels, &counted.took));
    let name = "outrigger_outbound_sent_bytes_total";
    out.family(name, "counter", "Bytes of request bodies, before compression.");
    counted.iter().for_each(|(labels, counted)| out.sample(name, labels, counted.sent_bytes));
    let name = "outrigger_outbound_received_bytes_total";
    out.family(name, "counter", "Bytes of answers' bodies, after decompression.");
    counted.iter().for_each(|(labels, counted)| out.sample(name, labels, counted.received_bytes));
}

/// Returns what a provider's requests counted; nothing for one that made none.
fn counted(slot: &Arc<Slot>) -> Option<(String, Counted)> {
    let counted = outbound_counted(slot.provider()?.instance()).filter(|counted| counted.took.count > 0)?;
    Some((labels(slot), counted))
}
