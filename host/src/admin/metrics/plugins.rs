//! What plugins counted themselves; the names' form and number were checked when they came.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use super::{exposition::Exposition, labels};
use crate::plugin::{PluginMetric, Slot, plugin_metrics};

/// One metric of any number of providers.
struct Family {
    sort: &'static str,
    /// Labels and value.
    samples: Vec<(String, f64)>,
}

pub(super) fn write(out: &mut Exposition, slots: &[Arc<Slot>]) {
    let mut families = BTreeMap::new();
    for slot in slots {
        let Some(provider) = slot.provider() else { continue };
        for (name, metric) in plugin_metrics(provider.instance()) {
            add(&mut families, &name, metric, labels(slot));
        }
    }
    for (name, Family { sort, samples }) in families {
        out.family(&name, sort, "Reported by plugins.");
        for (labels, value) in samples {
            out.sample(&name, &labels, value);
        }
    }
}

/// Several providers may report the same name: it is one family then, and of one sort. A sample of another sort, such
/// as a gauge `x_total` beside a counter `x`, is left out: one such line would make scrapers refuse all.
fn add(families: &mut BTreeMap<String, Family>, name: &str, metric: PluginMetric, labels: String) {
    let (name, sort, value) = match metric {
        PluginMetric::Counter(value) => (format!("outrigger_plugin_{name}_total"), "counter", value),
        PluginMetric::Gauge(value) => (format!("outrigger_plugin_{name}"), "gauge", value),
    };
    match families.entry(name) {
        Entry::Vacant(place) => drop(place.insert(Family { sort, samples: vec![(labels, value)] })),
        Entry::Occupied(mut family) if family.get().sort == sort => family.get_mut().samples.push((labels, value)),
        Entry::Occupied(_) => {}
    }
}

#[cfg(test)]
mod tests;
