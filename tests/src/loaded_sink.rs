//! Records and setups for tests of one loaded sink against its vendor.

use outrigger::manifest::Kind;
use outrigger_plugin_api::{conformance::sink::RawRecord, sdk::Bytes};
use serde_json::Value;
use uuid::Uuid;

use crate::test_host::Setup;

/// When the records of tests happened: 2026-11-23T00:00:00Z.
pub const RECEIVED_AT_MS: u64 = 1_795_392_000_000;

/// Returns a setup whose only sink is this provider, with these lines in its block.
pub fn setup(kind: Kind, provider: &str, lines: &str) -> Setup {
    let list = |of: Kind| if of == kind { format!("\"{provider}\"") } else { String::new() };
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [{}]\n[analytics]\nproviders = [{}]\n\
         [providers.{provider}]\n{lines}\n",
        list(Kind::Monitoring),
        list(Kind::Analytics),
    );
    Setup::new(&text, &["cache_memory", &format!("{kind}_{provider}")])
}

/// Returns a record of this sort and body, with an id of its own.
pub fn record(sort: u16, body: &Value) -> RawRecord {
    let (id, body) = (Uuid::now_v7(), Bytes::from(body.to_string()));
    RawRecord { id, received_at_ms: RECEIVED_AT_MS, sort, attempt: 1, body }
}
