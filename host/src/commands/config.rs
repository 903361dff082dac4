//! CONFIG GET, for what clients and tools ask before they begin.

use super::{
    Engine, Session,
    fault::{self, Fault},
    glob,
    plan::is,
};
use crate::resp::{Arguments, Replies};

pub(super) fn config(engine: &Engine, _: &mut Session, args: Arguments<'_>, out: &mut Replies) -> Result<(), Fault> {
    match args.get(1) {
        word if is(word, "GET") && args.len() >= 3 => {
            let wanted = |name: &str| args.from(2).any(|pattern| glob::matches_lowercase(pattern, name.as_bytes()));
            let found: Vec<_> = parameters(engine).into_iter().filter(|(name, _)| wanted(name)).collect();
            out.map(found.len());
            for (name, value) in found {
                out.bulk(name.as_bytes());
                out.bulk(value.as_bytes());
            }
            Ok(())
        }
        word if ["SET", "RESETSTAT", "REWRITE"].iter().any(|known| is(word, known)) => {
            Err("ERR the configuration is plugins.toml and the environment; it can't be changed here".into())
        }
        other => Err(fault::unknown_subcommand("CONFIG", other)),
    }
}

/// Redis' parameters that have a meaning here, with the values that are true here.
fn parameters(engine: &Engine) -> Vec<(&'static str, String)> {
    let options = &engine.options;
    vec![
        ("appendonly", "no".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", options.clients_max.to_string()),
        ("maxmemory", "0".to_owned()),
        ("notify-keyspace-events", String::new()),
        ("port", options.port.to_string()),
        ("proto-max-bulk-len", options.bulk_bytes_max.to_string()),
        ("save", String::new()),
        ("slowlog-log-slower-than", options.slower_than.as_micros().to_string()),
        ("slowlog-max-len", super::slow::KEPT_MAX.to_string()),
        ("timeout", options.idle_timeout.as_secs().to_string()),
    ]
}
