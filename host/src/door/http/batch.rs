//! Any cache operation over HTTP, several at once, also as one atomic step.

mod op;

use axum::{
    Json,
    extract::{State, rejection::BytesRejection},
};
use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Group, OpResult, Reply, Watched},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    answer::Ran,
    fault::{FAULTS_MAX, Fault},
    input,
};
use crate::{call::CallError, host::Host};
use op::Operation;

/// Most operations of one batch.
const OPERATIONS_MAX: usize = 10_000;

/// The body of `POST /v1/cache/batch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// The operations, in order.
    operations: Vec<Operation>,
    /// Runs them as one atomic step.
    #[serde(default)]
    atomic: bool,
    /// With `atomic`: runs only if each of these keys still has the token that `{"op": "token"}` gave.
    #[serde(default)]
    watched: Vec<Watch>,
}

/// A watched key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Watch {
    /// The key as text.
    key: Option<String>,
    /// The key in base64, where it is no text.
    key_base64: Option<String>,
    /// The token, as `value_base64` of a `token` operation gave it.
    token_base64: String,
}

impl Watch {
    fn read(self) -> Result<Watched, Fault> {
        let key = op::either(self.key.as_ref(), self.key_base64.as_ref(), "key")?;
        Ok(Watched { key, token: op::from_base64(&self.token_base64, "token_base64")? })
    }
}

pub(super) async fn run(State(host): State<Host>, body: Result<Bytes, BytesRejection>) -> Result<Json<Ran>, Problem> {
    let cache = host.cache()?;
    let Batch { operations, atomic, watched } = input::json(&body?)?;
    if operations.len() > OPERATIONS_MAX {
        let count = operations.len();
        return Err(Problem::invalid(format!("{count} operations; at most {OPERATIONS_MAX} are taken at once")));
    }
    if !atomic && !watched.is_empty() {
        return Err(Problem::invalid("watched keys need atomic = true"));
    }
    let ops = all(operations.into_iter().map(Operation::read), "operations")?;
    let results = if atomic {
        let watched = all(watched.into_iter().map(Watch::read), "watched")?;
        match cache.group(&watched, &ops).await? {
            Group::Ran(results) => results,
            Group::Changed => return Ok(Json(Ran { ran: false, results: Vec::new() })),
        }
    } else {
        cache.batch(&ops).await?
    };
    let provider = cache.calls().provider();
    let results = results.into_iter().map(|result| shown(result, &provider)).collect();
    Ok(Json(Ran { ran: true, results }))
}

/// Collects what was read of the body's member `name`, or the faults of all of it.
fn all<T>(read: impl Iterator<Item = Result<T, Fault>>, name: &str) -> Result<Vec<T>, Problem> {
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    for (index, result) in read.enumerate() {
        match result {
            Ok(value) => values.push(value),
            Err(fault) => faults.push(fault.within(&format!("/{name}/{index}"))),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(Problem::faulty(faults)) }
}

fn shown(result: OpResult, provider: &str) -> Value {
    let old = |old: Option<outrigger_plugin_api::sdk::cache::Value>| old.map(|old| op::value(&old));
    match result {
        Ok(Reply::Missing) => json!({ "found": false }),
        Ok(Reply::Value(value)) => op::value(&value),
        Ok(Reply::Integer(number)) => json!({ "number": number }),
        Ok(Reply::Yes) => json!({ "applied": true }),
        Ok(Reply::No) => json!({ "applied": false }),
        Ok(Reply::Stored(value)) => json!({ "stored": true, "old": old(value) }),
        Ok(Reply::NotStored(value)) => json!({ "stored": false, "old": old(value) }),
        Ok(Reply::Persistent) => json!({ "found": true, "ttl_ms": null }),
        Ok(Reply::Ttl(left)) => json!({ "found": true, "ttl_ms": u64::try_from(left.as_millis()).unwrap_or(u64::MAX) }),
        Err(error) => {
            let error = CallError::Provider { provider: provider.to_owned(), error };
            json!({ "error": { "code": error.code(), "detail": error.to_string() } })
        }
    }
}
