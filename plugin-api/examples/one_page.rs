//! A complete cache provider: entries in one map, no expiry.

use std::{collections::HashMap, sync::Mutex};

use outrigger_plugin_api::{
    export_plugin, schemars,
    sdk::{
        Bytes, Call, ErrorKind, Host, ProviderError, RunOn,
        cache::{CacheProvider, Capabilities, Condition, Expiry, Op, OpCode, OpResult, Reply},
    },
    serde,
};

/// How large the map may grow.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(crate = "serde", deny_unknown_fields)]
#[schemars(crate = "schemars")]
pub struct Settings {
    entries_max: usize,
}

/// The provider.
pub struct MapCache {
    entries: Mutex<HashMap<Vec<u8>, Bytes>>,
    entries_max: usize,
}

impl CacheProvider for MapCache {
    type Settings = Settings;
    // The host refuses every other operation by name, without calling.
    const CAPABILITIES: Capabilities = Capabilities::of(&[OpCode::Get, OpCode::Set, OpCode::Delete, OpCode::Exists]);
    // No sockets and no waiting, so the host's own thread may run the bodies.
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        if settings.entries_max == 0 {
            return Err(ProviderError::settings("entries_max must be at least 1"));
        }
        outrigger_plugin_api::tracing::info!(entries_max = settings.entries_max, "map cache `{}` is up", host.name());
        Ok(Self { entries: Mutex::default(), entries_max: settings.entries_max })
    }

    async fn run(&self, _call: Call, ops: Vec<Op<Bytes>>) -> Result<Vec<OpResult>, ProviderError> {
        let mut entries = self.entries.lock().map_err(|_| ProviderError::internal("a former call panicked"))?;
        let answers = ops.into_iter().map(|op| match op {
            Op::Get { key } => {
                Ok(entries.get(&key[..]).map_or(Reply::Missing, |value| Reply::Value(value.clone().into())))
            }
            // Deadlines and conditions are beyond this map; saying so beats ignoring them.
            Op::Set { expiry, condition, .. } if (expiry, condition) != (Expiry::Never, Condition::Always) => {
                Err(ProviderError::unsupported("keep deadlines or conditions"))
            }
            Op::Set { key, value, return_old, .. }
                if entries.len() < self.entries_max || entries.contains_key(&key[..]) =>
            {
                let old = entries.insert(key.to_vec(), value);
                Ok(Reply::Stored(old.filter(|_| return_old).map(Into::into)))
            }
            Op::Set { .. } => Err(ProviderError::new(ErrorKind::Refused, "the map is full")),
            Op::Delete { key } => Ok(if entries.remove(&key[..]).is_some() { Reply::Yes } else { Reply::No }),
            Op::Exists { key } => Ok(if entries.contains_key(&key[..]) { Reply::Yes } else { Reply::No }),
            other => Err(ProviderError::unsupported(&format!("run {:?}", other.code()))),
        });
        Ok(answers.collect())
    }
}

export_plugin! {
    cache: MapCache,
    description: "Keeps entries in one map; for the documentation",
    settings: r#"{"type":"object","required":["entries_max"],"additionalProperties":false,
                  "properties":{"entries_max":{"type":"integer","minimum":0}}}"#,
}
