//! Metrics in Prometheus' text format. Labels are bounded by the configuration: kind, provider, outcome.

use std::{
    fmt::Write,
    sync::{Arc, atomic::Ordering},
};

use crate::{
    call::BreakerState,
    host::Host,
    plugin::{PluginMetric, Slot, State, plugin_metrics},
};

/// Returns every metric.
pub(super) fn text(host: &Host) -> String {
    let mut text = String::new();
    let slots = host.registry().slots();
    family(&mut text, "outrigger_build_info", "gauge", "1, with the version as label.");
    let _ = writeln!(text, "outrigger_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
    let ready = u8::from(host.readiness().ready);
    family(&mut text, "outrigger_ready", "gauge", "1 where every required provider serves.");
    let _ = writeln!(text, "outrigger_ready {ready}");
    each(&mut text, slots, "outrigger_provider_up", "gauge", "1 where the provider runs.", |slot| {
        u64::from(matches!(&**slot.state(), State::Running(_)))
    });
    each(&mut text, slots, "outrigger_calls_waited_total", "counter", "Calls that waited and were answered.", |slot| {
        slot.gate.waited.load(Ordering::Relaxed)
    });
    each(&mut text, slots, "outrigger_calls_failed_total", "counter", "Calls that failed.", |slot| {
        slot.gate.failed.load(Ordering::Relaxed)
    });
    each(&mut text, slots, "outrigger_calls_in_flight", "gauge", "Calls that wait for the provider now.", |slot| {
        u64::try_from(slot.gate.in_flight()).unwrap_or(u64::MAX)
    });
    let about = "0 closed, 1 half open, 2 open: calls fail at once.";
    each(&mut text, slots, "outrigger_breaker_state", "gauge", about, |slot| match slot.gate.breaker.state() {
        BreakerState::Closed => 0,
        BreakerState::HalfOpen => 1,
        BreakerState::Open { .. } => 2,
    });
    plugins(&mut text, slots);
    text
}

fn family(text: &mut String, name: &str, sort: &str, about: &str) {
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} {sort}");
}

fn each(text: &mut String, slots: &[Arc<Slot>], name: &str, sort: &str, about: &str, value: impl Fn(&Slot) -> u64) {
    family(text, name, sort, about);
    for slot in slots {
        let _ = writeln!(text, "{name}{{{}}} {}", labels(slot), value(slot));
    }
}

/// Provider names come from the configuration, which admits `[a-z0-9_-]` only: nothing to escape.
fn labels(slot: &Slot) -> String {
    format!("kind=\"{}\",provider=\"{}\"", slot.config.kind, slot.config.name)
}

/// What plugins counted themselves; the name's form and number were checked when it came.
fn plugins(text: &mut String, slots: &[Arc<Slot>]) {
    for slot in slots {
        let state = slot.state();
        let State::Running(provider) = &**state else { continue };
        for (name, metric) in plugin_metrics(provider.instance) {
            let (name, sort, value) = match metric {
                PluginMetric::Counter(value) => (format!("outrigger_plugin_{name}_total"), "counter", value),
                PluginMetric::Gauge(value) => (format!("outrigger_plugin_{name}"), "gauge", value),
            };
            family(text, &name, sort, "Reported by the plugin.");
            let _ = writeln!(text, "{name}{{{}}} {value}", labels(slot));
        }
    }
}
