//! The configurations that are shipped are right.

use std::path::Path;

use super::*;

fn assert_resolves(folder: &str, variables: &[(&str, &str)]) -> Config {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join("plugins.toml");
    config(&std::fs::read_to_string(path).unwrap(), variables)
}

fn names(config: &Config) -> Vec<&str> {
    config.providers.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn startup_needs_nothing() {
    assert_eq!(names(&assert_resolves("examples/startup", &[])), ["memory", "console", "internal"]);
}

#[test]
fn production_resolves() {
    let variables = [("REDIS_URL", "redis://h"), ("SENTRY_DSN", "https://k@h/1"), ("POSTHOG_API_KEY", "phc_1")];
    let config = assert_resolves("examples/production", &variables);
    assert_eq!(names(&config), ["redis", "sentry", "posthog", "internal"]);
}

#[test]
fn enterprise_resolves() {
    let variables = [
        ("REDIS_URL", "redis://a,redis://b"),
        ("SENTRY_DSN", "https://k@h/1"),
        ("DD_API_KEY", "k"),
        ("GOOGLE_ANALYTICS_MEASUREMENT_ID", "G-1"),
        ("GOOGLE_ANALYTICS_API_SECRET", "s"),
        ("POSTHOG_API_KEY", "phc_1"),
        ("OUTRIGGER_TOKEN", "0123456789abcdef0123456789abcdef"),
    ];
    let config = assert_resolves("examples/enterprise", &variables);
    assert_eq!(names(&config), ["redis", "sentry", "datadog", "console", "google_analytics", "posthog", "internal"]);
}

/// The shipped file spells every default out, so it must mean the same as no file at all.
#[test]
fn the_reference_file_changes_nothing() {
    let values = |config: &Config| {
        let rows = config.rows().iter();
        rows.map(|row| (row.path.clone(), row.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(values(&assert_resolves(".", &[])), values(&config("", &[])));
}

/// Every commented-out line of the shipped file is valid once it is uncommented.
#[test]
fn the_reference_file_names_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins.toml");
    let text = std::fs::read_to_string(path).unwrap();
    for section in section::ALL.iter().chain([&section::provider::SECTION]) {
        for key in section.keys {
            let name = key.path().rsplit('.').next().unwrap();
            assert!(text.contains(name), "plugins.toml does not mention `{}`", key.path());
        }
    }
    let uncommented: String = text
        .lines()
        .map(|line| line.strip_prefix("#:").map_or(line, |rest| rest))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert!(uncommented.len() < text.len(), "nothing was commented out");
    let variables = [("REDIS_URL", "redis://h"), ("SENTRY_DSN", "d"), ("OUTRIGGER_TOKEN", "0123456789abcdef")];
    let variables = [&variables[..], &[("HTTPS_PROXY", "http://proxy.internal:3128")]].concat();
    let _ = config(&uncommented, &variables);
}
