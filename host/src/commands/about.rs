//! INFO: what clients and tools ask of a server before and while they use it.

use std::fmt::Write;

use super::{Engine, REDIS_VERSION};
use crate::{clock, resp::Arguments};

/// The sections there are.
const SECTIONS: [&str; 7] = ["server", "clients", "memory", "stats", "replication", "keyspace", "commandstats"];
/// Those that are not told unless asked for.
const ON_REQUEST: [&str; 1] = ["commandstats"];

/// Returns the sections that the request names. What the cache holds is asked of the provider, which may not tell.
pub(super) async fn info(engine: &Engine, args: Arguments<'_>) -> String {
    let asked: Vec<String> = args.from(1).map(|word| String::from_utf8_lossy(word).to_ascii_lowercase()).collect();
    let all = asked.iter().any(|word| word == "all" || word == "everything");
    let usual = asked.is_empty() || asked.iter().any(|word| word == "default");
    let wanted =
        |section: &str| all || usual && !ON_REQUEST.contains(&section) || asked.iter().any(|word| word == section);
    let size = if wanted("memory") || wanted("keyspace") { engine.calls.size().await.ok() } else { None };
    let entries = size.and_then(|size| size.entries).unwrap_or_default();
    let bytes = size.and_then(|size| size.bytes).unwrap_or_default();
    let mut text = String::new();
    for section in SECTIONS.into_iter().filter(|section| wanted(section)) {
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        let lines = match section {
            "server" => server(engine),
            "clients" => vec![
                ("connected_clients", engine.clients.cards.lock().len().to_string()),
                ("maxclients", engine.options.clients_max.to_string()),
            ],
            "memory" => vec![("used_memory", bytes.to_string()), ("maxmemory", "0".to_owned())],
            "stats" => stats(engine),
            "replication" => vec![("role", "master".to_owned()), ("connected_slaves", "0".to_owned())],
            "keyspace" if entries > 0 => vec![("db0", format!("keys={entries},expires=0,avg_ttl=0"))],
            "keyspace" => Vec::new(),
            _ => Vec::new(),
        };
        let title = section.get(..1).unwrap_or_default().to_ascii_uppercase() + section.get(1..).unwrap_or_default();
        let _ = write!(text, "# {title}\r\n");
        for (key, value) in lines {
            let _ = write!(text, "{key}:{value}\r\n");
        }
        if section == "commandstats" {
            for (name, asked, refused) in engine.counts.each() {
                let _ = write!(text, "cmdstat_{name}:calls={asked},rejected_calls={refused}\r\n");
            }
        }
    }
    text
}

fn server(engine: &Engine) -> Vec<(&'static str, String)> {
    let uptime = clock::unix_ms().saturating_sub(engine.started_unix_ms) / 1_000;
    vec![
        ("redis_version", REDIS_VERSION.to_owned()),
        ("outrigger_version", env!("CARGO_PKG_VERSION").to_owned()),
        ("redis_mode", "standalone".to_owned()),
        ("arch_bits", usize::BITS.to_string()),
        ("process_id", std::process::id().to_string()),
        ("run_id", engine.run_id.clone()),
        ("tcp_port", engine.options.port.to_string()),
        ("uptime_in_seconds", uptime.to_string()),
        ("uptime_in_days", (uptime / 86_400).to_string()),
        ("loading", "0".to_owned()),
    ]
}

fn stats(engine: &Engine) -> Vec<(&'static str, String)> {
    let commands: u64 = engine.counts.each().map(|(_, asked, _)| asked).sum();
    vec![
        ("total_commands_processed", commands.to_string()),
        ("total_unknown_commands", engine.counts.unknown().to_string()),
    ]
}
