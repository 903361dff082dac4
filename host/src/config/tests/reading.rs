//! What a configuration holds, and that no text breaks the reader.

use std::time::Duration;

use serde_json::json;

use super::*;

#[test]
fn nothing_at_all_is_a_working_setup() {
    let config = config("", &[]);
    let names: Vec<_> = config.providers.iter().map(|one| (one.kind, one.name.as_str(), one.required)).collect();
    assert_eq!(
        names,
        [(Kind::Cache, "memory", true), (Kind::Monitoring, "console", false), (Kind::Analytics, "internal", false)]
    );
    assert_eq!(config.listen.http.to_string(), "127.0.0.1:8181");
    assert_eq!(config.limits.body, 16 << 20);
    assert_eq!(provider(&config, "memory").timeout, Duration::from_secs(1));
    assert_eq!(provider(&config, "console").timeout, Duration::from_secs(10));
    assert_eq!(config.plugin_dirs, [PathBuf::from("plugins")]);
}

#[test]
fn derived_schemas_are_understood() {
    let text = "[cache]\nprovider = \"redis\"\n[providers.redis.settings]\nmode = \"cluster\"\nconnections = 8\n\
                connect_timeout = \"5s\"\ntls = { ca = { env = \"CA\" }, server_names = [\"a\", \"b\"] }\n\
                eviction = { policy = \"lru\", max = \"1MiB\" }\n";
    let config = config(text, &[("REDIS_URL", "redis://h"), ("CA", "pem")]);
    let redis = provider(&config, "redis");
    assert_eq!(
        redis.settings,
        json!({ "url": "redis://h", "mode": "cluster", "connections": 8, "connect_timeout": "5s",
                "tls": { "ca": "pem", "server_names": ["a", "b"] },
                "eviction": { "policy": "lru", "max": "1MiB" } })
    );
    assert_eq!(redis.secret_paths, ["/url"]);
}

#[test]
fn variables_are_parsed_by_the_schema() {
    let variables = [
        ("MONITORING_PROVIDERS", "sentry, datadog"),
        ("SENTRY_DSN", "1234"),
        ("SENTRY_SAMPLE_RATE", "0.25"),
        ("DD_API_KEY", "k"),
        ("DD_TAGS", "a:1, b:2"),
        ("ANALYTICS_PROVIDERS", "google_analytics"),
        ("GOOGLE_ANALYTICS_MEASUREMENT_ID", "G-1"),
        ("GOOGLE_ANALYTICS_API_SECRET", "s"),
        ("GOOGLE_ANALYTICS_DEBUG", "true"),
    ];
    let config = config("", &variables);
    assert_eq!(provider(&config, "sentry").settings, json!({ "dsn": "1234", "sample-rate": 0.25 }));
    assert_eq!(provider(&config, "datadog").settings, json!({ "api-key": "k", "tags": ["a:1", "b:2"] }));
    assert_eq!(provider(&config, "google_analytics").settings["debug"], json!(true));
}

#[test]
fn one_plugin_runs_twice_with_two_secrets() {
    let text = "[monitoring]\nproviders = [\"sentry_eu\", \"sentry_us\"]\n\
                [providers.sentry_eu]\nplugin = \"monitoring_sentry\"\nsettings.dsn = { env = \"EU\" }\n\
                [providers.sentry_us]\nplugin = \"monitoring_sentry\"\nsettings.dsn = { env = \"US\" }\n";
    let config = config(text, &[("EU", "eu"), ("US", "us"), ("SENTRY_DSN", "other")]);
    assert_eq!(provider(&config, "sentry_eu").settings["dsn"], "eu");
    assert_eq!(provider(&config, "sentry_us").settings["dsn"], "us");
}

#[test]
fn hostile_schemas_end() {
    for schema in [
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/a" } } }),
        json!({ "anyOf": [{ "$ref": "#" }, { "$ref": "#" }] }),
        json!({ "properties": { "a": { "$ref": "#" } } }),
        json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }] }),
        json!(true),
        json!([1]),
        json!({ "type": 7, "properties": 7, "required": [7], "anyOf": 7, "items": 7, "enum": 7 }),
    ] {
        let mut catalog = catalog::vendors();
        catalog.plugins[0].settings = schema;
        let sources =
            Sources::empty("").with_file("plugins.toml", "[providers.memory]\nsettings = { a = { a = [1] } }");
        let mut found = Diagnostics::new();
        let draft = Draft::read(&sources, &mut found);
        let _ = draft.resolve(&catalog, &mut found);
    }
}

#[test]
fn keywords_beyond_the_subset_are_a_warning() {
    let mut catalog = catalog::vendors();
    catalog.plugins[0].settings = json!({ "type": "object", "properties": { "a": { "pattern": "x" } } });
    let mut found = Diagnostics::new();
    let config = Draft::read(&Sources::empty(""), &mut found).resolve(&catalog, &mut found);
    assert!(config.is_some());
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["config.schema_unsupported"]);
}

const LINES: &[&str] = &[
    "[cache]",
    "provider = \"redis\"",
    "[providers.redis]",
    "settings.url = { env = \"A\" }",
    "settings = 1",
    "[providers]",
    "redis = 1",
    "timeout = \"5\"",
    "[[listen]]",
    "http = \"x\"",
    "plugin-dirs = [1, \"a\"]",
    "[providers.redis.settings.eviction]",
    "policy = \"lru\"",
    "max = 3",
    "token = { file = \"/\" }",
    "[auth]",
    "\"",
    "'''",
    "[",
    "= 1",
    "a.b.c = [[{",
    "breaker.failures = -9223372036854775808",
    "settings.connections = 1e400",
];

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,120}") {
        let (_, found) = load(&text, &[("CACHE_PROVIDER", &text)]);
        let _ = found.render(Paint::None);
    }

    #[test]
    fn no_order_of_lines_makes_the_reader_panic(lines in proptest::collection::vec(0..LINES.len(), 0..12)) {
        let text = lines.iter().map(|at| LINES[*at]).collect::<Vec<_>>().join("\n");
        let (config, found) = load(&text, &[]);
        proptest::prop_assert_eq!(config.is_none(), found.has_errors());
        let _ = found.render(Paint::Colour);
    }
}
