//! What Redis clients ask. Labels are the names of the commands there are.

use std::sync::atomic::Ordering::Relaxed;

use super::exposition::Exposition;
use crate::commands::Engine;

pub(super) fn write(out: &mut Exposition, engine: &Engine) {
    let connections = engine.connections();
    let open = u64::try_from(connections.open.load(Relaxed)).unwrap_or(u64::MAX);
    out.single("outrigger_redis_connections", "gauge", "Redis clients now.", Some(open));
    let accepted = connections.accepted.load(Relaxed);
    out.single("outrigger_redis_connections_total", "counter", "Redis clients that were accepted.", Some(accepted));
    let refused = connections.refused.load(Relaxed);
    let about = "Redis clients that were one too many.";
    out.single("outrigger_redis_connections_refused_total", "counter", about, Some(refused));
    let counts: Vec<_> = engine.counts().each().collect();
    out.family("outrigger_redis_commands_total", "counter", "Requests by command.");
    for (name, asked, _) in &counts {
        out.sample("outrigger_redis_commands_total", &format!("command=\"{name}\""), *asked);
    }
    let about = "Requests that were refused by their form, or for want of a password.";
    out.family("outrigger_redis_commands_refused_total", "counter", about);
    for (name, _, refused) in counts.iter().filter(|(_, _, refused)| *refused > 0) {
        out.sample("outrigger_redis_commands_refused_total", &format!("command=\"{name}\""), *refused);
    }
    let unknown = engine.counts().unknown();
    out.single("outrigger_redis_commands_unknown_total", "counter", "Requests that name no command.", Some(unknown));
}
