//! A catalog built by hand, with the settings that such plugins really have.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde_json::json;

use outrigger_plugin_api::units::{ByteCount, HumanDuration};

use crate::config::{Catalog, Kind, PluginFacts, Rejected};

/// Written as an author would, so that the output of `schemars` is what the checks are tested against.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only the schema is used")]
struct Redis {
    #[schemars(extend("x-env" = "REDIS_URL", "x-secret" = true, "examples" = ["redis://127.0.0.1:6379"]))]
    url: String,
    #[serde(default)]
    mode: Mode,
    #[schemars(range(min = 1, max = 64))]
    connections: Option<u32>,
    connect_timeout: Option<HumanDuration>,
    #[serde(default)]
    tls: Option<Tls>,
    #[serde(default)]
    eviction: Eviction,
}

#[derive(JsonSchema, Default, serde::Serialize)]
#[expect(dead_code, reason = "only the schema is used")]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// One server.
    #[default]
    Single,
    /// Many.
    Cluster,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only the schema is used")]
struct Tls {
    ca: Option<String>,
    #[serde(default)]
    server_names: Vec<String>,
}

#[derive(JsonSchema, Default, serde::Serialize)]
#[expect(dead_code, reason = "only the schema is used")]
#[serde(tag = "policy", rename_all = "lowercase")]
enum Eviction {
    #[default]
    None,
    Lru {
        max: ByteCount,
    },
    Ttl {
        after: HumanDuration,
    },
}

fn plugin(kind: Kind, name: &str, settings: serde_json::Value) -> PluginFacts {
    PluginFacts {
        name: format!("{kind}_{name}"),
        version: "1.0.0".to_owned(),
        kinds: vec![kind],
        settings,
        file: PathBuf::from(format!("plugins/lib{kind}_{name}.so")),
    }
}

fn keyed(required: &[&str], properties: serde_json::Value) -> serde_json::Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn secret(env: &str) -> serde_json::Value {
    json!({ "type": "string", "minLength": 1, "x-env": env, "x-secret": true })
}

fn caches() -> Vec<PluginFacts> {
    let memory = json!({ "max-memory": { "type": "string", "format": "byte-size", "default": "64MiB" } });
    let upstash = json!({
        "url": { "type": "string", "x-env": "UPSTASH_REDIS_REST_URL" },
        "token": secret("UPSTASH_REDIS_REST_TOKEN"),
    });
    vec![
        plugin(Kind::Cache, "memory", keyed(&[], memory)),
        plugin(Kind::Cache, "redis", serde_json::to_value(schemars::schema_for!(Redis)).unwrap()),
        plugin(Kind::Cache, "upstash", keyed(&["url", "token"], upstash)),
    ]
}

fn monitors() -> Vec<PluginFacts> {
    let console = json!({ "format": { "enum": ["human", "json"], "default": "human" } });
    let sentry = json!({
        "dsn": secret("SENTRY_DSN"),
        "environment": { "type": ["string", "null"], "x-env": "SENTRY_ENVIRONMENT" },
        "sample-rate": { "type": "number", "minimum": 0, "maximum": 1, "x-env": "SENTRY_SAMPLE_RATE" },
    });
    let datadog = json!({
        "api-key": secret("DD_API_KEY"),
        "site": { "type": "string", "default": "datadoghq.com", "x-env": "DD_SITE" },
        "tags": { "type": "array", "items": { "type": "string" }, "x-env": "DD_TAGS" },
    });
    vec![
        plugin(Kind::Monitoring, "console", keyed(&[], console)),
        plugin(Kind::Monitoring, "sentry", keyed(&["dsn"], sentry)),
        plugin(Kind::Monitoring, "datadog", keyed(&["api-key"], datadog)),
        plugin(Kind::Monitoring, "internal", keyed(&[], json!({}))),
    ]
}

fn analytics() -> Vec<PluginFacts> {
    let internal = json!({
        "path": { "type": "string", "default": "analytics.sqlite3" },
        "retention": { "type": "string", "format": "duration" },
    });
    let posthog = json!({
        "api-key": secret("POSTHOG_API_KEY"),
        "host": { "type": "string", "default": "https://us.i.posthog.com" },
    });
    let google = json!({
        "measurement-id": { "type": "string", "x-env": "GOOGLE_ANALYTICS_MEASUREMENT_ID" },
        "api-secret": secret("GOOGLE_ANALYTICS_API_SECRET"),
        "debug": { "type": "boolean", "x-env": "GOOGLE_ANALYTICS_DEBUG" },
    });
    vec![
        plugin(Kind::Analytics, "internal", keyed(&[], internal)),
        plugin(Kind::Analytics, "posthog", keyed(&["api-key"], posthog)),
        plugin(Kind::Analytics, "google_analytics", keyed(&["measurement-id", "api-secret"], google)),
    ]
}

pub(super) fn vendors() -> Catalog {
    Catalog {
        plugins: [caches(), monitors(), analytics()].concat(),
        rejected: vec![Rejected {
            file: PathBuf::from("plugins/libz.so"),
            why: "it has no `.outrigger` section, is it a normal library?".to_owned(),
        }],
        dirs: vec![PathBuf::from("plugins")],
    }
}
