//! Metrics in Prometheus' text format. Labels are bounded by the configuration and the routers: kind, provider, route,
//! method, class of status.

mod commands;
mod delivery;
mod exposition;
mod outbound;
mod plugins;
mod process;

use std::sync::{Arc, atomic::Ordering};

use crate::{call::BreakerState, host::Host, plugin::Slot};
use exposition::Exposition;

/// Returns every metric.
pub(super) fn text(host: &Host) -> String {
    let mut out = Exposition::default();
    out.family("outrigger_build_info", "gauge", "1, with the version as label.");
    out.sample("outrigger_build_info", concat!("version=\"", env!("CARGO_PKG_VERSION"), "\""), 1);
    let ready = u8::from(host.readiness().ready);
    out.single("outrigger_ready", "gauge", "1 where every required provider serves.", Some(ready));
    changes(&mut out, host);
    let registry = host.registry();
    let slots = registry.slots();
    providers(&mut out, slots);
    delivery::write(&mut out, host.deliveries().ok().as_ref());
    outbound::write(&mut out, slots);
    commands::write(&mut out, host.commands());
    process::write(&mut out);
    plugins::write(&mut out, slots);
    out.into_text()
}

fn changes(out: &mut Exposition, host: &Host) {
    let (done, refused) = host.reloads();
    out.family("outrigger_reloads_total", "counter", "Configurations put in force while the host ran, and refused.");
    out.sample("outrigger_reloads_total", "outcome=\"done\"", done);
    out.sample("outrigger_reloads_total", "outcome=\"refused\"", refused);
    let (mapped, replaced) = host.libraries();
    out.single("outrigger_plugin_libraries", "gauge", "Plugin libraries that are mapped.", Some(mapped as u64));
    let about = "Those of them that no running provider uses; none is ever unmapped.";
    out.single("outrigger_plugin_libraries_replaced", "gauge", about, Some(replaced as u64));
}

fn providers(out: &mut Exposition, slots: &[Arc<Slot>]) {
    each(out, slots, "outrigger_provider_up", "gauge", "1 where the provider runs.", |slot| {
        u64::from(slot.provider().is_some())
    });
    each(out, slots, "outrigger_calls_ready_total", "counter", "Calls that were answered at once.", |slot| {
        slot.gate.ready.sum()
    });
    each(out, slots, "outrigger_calls_waited_total", "counter", "Calls that waited and were answered.", |slot| {
        slot.gate.waited.load(Ordering::Relaxed)
    });
    each(out, slots, "outrigger_calls_failed_total", "counter", "Calls that failed.", |slot| {
        slot.gate.failed.load(Ordering::Relaxed)
    });
    each(out, slots, "outrigger_calls_in_flight", "gauge", "Calls that wait for the provider now.", |slot| {
        u64::try_from(slot.gate.in_flight()).unwrap_or(u64::MAX)
    });
    let about = "0 closed, 1 half open, 2 open: calls fail at once.";
    each(out, slots, "outrigger_breaker_state", "gauge", about, |slot| match slot.gate.breaker.state() {
        BreakerState::Closed => 0,
        BreakerState::HalfOpen => 1,
        BreakerState::Open { .. } => 2,
    });
}

fn each(out: &mut Exposition, slots: &[Arc<Slot>], name: &str, sort: &str, about: &str, value: impl Fn(&Slot) -> u64) {
    out.family(name, sort, about);
    for slot in slots {
        out.sample(name, &labels(slot), value(slot));
    }
}

/// Provider names come from the configuration, which admits `[a-z0-9_-]` only: nothing to escape.
fn labels(slot: &Slot) -> String {
    format!("kind=\"{}\",provider=\"{}\"", slot.config.kind, slot.config.name)
}
