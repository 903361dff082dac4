//! Packs events into requests: each of one visitor, with at most 25 events.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::sink::{Tally, Verdict};
use serde_json::{Map, Value, json};

use crate::{event::Visitor, settings::Settings};

/// Most events of one request.
const EVENTS_MAX: usize = 25;
/// Largest body, in bytes: Google takes 130 kB.
const BODY_BYTES_MAX: usize = 130_000;

/// One converted record.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) place: usize,
    pub(crate) visitor: Visitor,
    pub(crate) event: Value,
    pub(crate) user_properties: Map<String, Value>,
}

/// Packs hits in their order, visitor by visitor: each request's body behind its records' places in the batch. One that is too large alone is rejected.
pub(crate) fn pack(hits: Vec<Hit>, settings: &Settings, tally: &mut Tally) -> Vec<(Vec<usize>, Value)> {
    let events_max = if settings.validate { 1 } else { EVENTS_MAX };
    let mut packed = Vec::new();
    let mut open: BTreeMap<Visitor, (Vec<Hit>, usize)> = BTreeMap::new();
    for hit in hits {
        let bytes = hit.event.to_string().len() + json!(hit.user_properties).to_string().len() + 1;
        let frame = body(&hit.visitor, &[]).to_string().len();
        if frame + bytes > BODY_BYTES_MAX {
            let size = frame + bytes;
            let reason = format!("it takes {size} bytes; Google Analytics takes requests of {BODY_BYTES_MAX}");
            tally.decide(hit.place, Verdict::Rejected(reason));
            continue;
        }
        let (held, size) = open.entry(hit.visitor.clone()).or_insert_with(|| (Vec::new(), frame));
        if held.len() >= events_max || *size + bytes > BODY_BYTES_MAX {
            packed.push(close(&hit.visitor, std::mem::take(held)));
            *size = frame;
        }
        *size += bytes;
        held.push(hit);
    }
    packed.extend(open.iter_mut().map(|(visitor, (held, _))| close(visitor, std::mem::take(held))));
    packed
}

fn close(visitor: &Visitor, hits: Vec<Hit>) -> (Vec<usize>, Value) {
    (hits.iter().map(|hit| hit.place).collect(), body(visitor, &hits))
}

fn body(visitor: &Visitor, hits: &[Hit]) -> Value {
    let mut body =
        json!({ "client_id": visitor.client_id, "events": hits.iter().map(|hit| &hit.event).collect::<Vec<_>>() });
    let Value::Object(members) = &mut body else { return body };
    let said = [("user_id", &visitor.user_id), ("user_agent", &visitor.user_agent), ("ip_override", &visitor.ip)];
    for (name, value) in said {
        members.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
    }
    // A later record knows better.
    let user_properties: Map<String, Value> = hits.iter().flat_map(|hit| hit.user_properties.clone()).collect();
    if !user_properties.is_empty() {
        members.insert("user_properties".into(), Value::Object(user_properties));
    }
    body
}
