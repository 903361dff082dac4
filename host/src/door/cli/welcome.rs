//! What `outrigger run` tells a person: what it loaded, where it listens, what to try.

use std::fmt::Write;

use crate::{
    door::cli::output::table,
    host::Host,
    manifest::Kind,
    plugin::{Slot, State},
    sidecar::Addresses,
};

/// Returns the text. The commands in it work as printed, in the folder where the host was started.
pub fn text(host: &Host, program: &str, addresses: Addresses) -> String {
    let Addresses { http, redis, admin, metrics } = addresses;
    let mut text = format!("Outrigger {}\n\n", env!("CARGO_PKG_VERSION"));
    let mut rows = vec![["KIND", "PROVIDER", "VERSION", "API", "FILE"].map(str::to_owned).to_vec()];
    rows.extend(host.registry().slots().iter().map(|slot| row(slot)));
    text.push_str(&table(&rows));
    // Writing to a String can't fail.
    let _ = write!(text, "\n\nListening:\n  http     http://{http}   cache, monitoring, analytics\n");
    let _ = writeln!(text, "  redis    redis://{redis}  cache, for any Redis client");
    let _ = writeln!(text, "  admin    http://{admin}   /livez /readyz /metrics /v1/status, and control");
    let _ = writeln!(text, "  metrics  http://{metrics}   the same without control");
    let tries: Vec<String> = [Kind::Cache, Kind::Monitoring, Kind::Analytics]
        .into_iter()
        .filter(|kind| host.registry().of(*kind).any(|slot| slot.provider().is_some()))
        .flat_map(|kind| tries(kind, host, program, addresses))
        .collect();
    if !tries.is_empty() {
        let _ = write!(text, "\nTry, in another terminal:\n  {}\n", tries.join("\n  "));
    }
    text.push_str("\nEnd with Ctrl-C.");
    text
}

fn row(slot: &Slot) -> Vec<String> {
    let (kind, name) = (slot.config.kind.to_string(), slot.config.name.clone());
    match slot.state() {
        State::Running(provider) => {
            let manifest = &provider.manifest;
            let file = provider.file.display().to_string();
            vec![kind, name, manifest.version.clone(), manifest.api.clone(), file]
        }
        State::Failed(failure) => vec![kind, name, "-".into(), "-".into(), format!("FAILED {}", failure.code)],
        other => vec![kind, name, "-".into(), "-".into(), other.as_str().into()],
    }
}

fn tries(kind: Kind, host: &Host, program: &str, addresses: Addresses) -> Vec<String> {
    match kind {
        Kind::Cache => vec![
            format!("curl -X PUT http://{}/v1/cache/keys/greeting -d hello", addresses.http),
            format!("{program} call cache get greeting"),
        ],
        Kind::Monitoring => vec![format!("{program} call monitoring error \"payment failed\" --type CardDeclined")],
        Kind::Analytics => {
            let mut tries = vec![format!("{program} call analytics track user-1 signed_up plan=pro")];
            let answers = |slot: &std::sync::Arc<Slot>| {
                slot.provider().is_some_and(|provider| provider.sorts().answers_queries())
            };
            if host.registry().of(Kind::Analytics).any(answers) {
                tries.push(format!("{program} call analytics query timeline user-1"));
            }
            tries
        }
    }
}
