//! The configurations that are shipped as examples fit the plugins that are shipped.

use std::path::{Path, PathBuf};

use outrigger::{config::Sources, configure};
use outrigger_tests::plugins;

/// What the examples of the repository select, in order.
const SELECTED: [(&str, &[&str]); 3] = [
    ("examples/startup", &["memory", "console", "internal"]),
    ("examples/production", &["redis", "sentry", "posthog", "internal"]),
    ("examples/enterprise", &["redis", "sentry", "datadog", "console", "google_analytics", "posthog", "internal"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the examples: of the repository, and of each plugin.
fn examples() -> Vec<PathBuf> {
    let folders = |dir: PathBuf| {
        let read = std::fs::read_dir(dir).unwrap();
        read.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut found: Vec<_> = folders(root().join("examples")).iter().map(|dir| dir.join("plugins.toml")).collect();
    for kind in folders(root().join("plugins")) {
        found.extend(folders(kind).iter().map(|dir| dir.join("example.toml")));
    }
    found.sort();
    found
}

/// Returns something that fits what a variable of this name holds.
fn value(name: &str) -> String {
    match name {
        "SENTRY_DSN" => "https://0123456789abcdef@sentry.example/1".into(),
        "REDIS_URL" => "redis://127.0.0.1:6379".into(),
        "GOOGLE_ANALYTICS_MEASUREMENT_ID" => "G-ABC123".into(),
        "OUTRIGGER_TOKEN" => "0123456789abcdef0123456789abcdef".into(),
        name if name.contains("POSTGRES") => "postgres://user@127.0.0.1/events".into(),
        name if name.ends_with("_URL") => "https://vendor.example/hook".into(),
        _ => "0123456789abcdef".into(),
    }
}

/// Names the variables that a text refers to.
fn variables(text: &str) -> Vec<String> {
    let after = text.split("env = \"").skip(1);
    after.filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned())).collect()
}

#[test]
fn every_example_fits_the_plugins_it_names() {
    let found = examples();
    assert!(found.len() > 15, "{found:?}");
    let mut faults = String::new();
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{}: {error}", path.display()));
        let dir = tempfile::tempdir().unwrap();
        let plugins = plugins::built();
        let text = format!("plugin-dirs = [{:?}]\n{text}", plugins.display().to_string());
        let sources = Sources::empty(dir.path()).with_file(path.display().to_string(), text.clone());
        let names = variables(&text);
        let sources = names.iter().fold(sources, |sources, name| sources.with_variable(name, value(name)));
        match configure(&sources) {
            Ok((config, _)) => {
                let names: Vec<_> = config.providers.iter().map(|provider| provider.name.as_str()).collect();
                let expected = SELECTED.iter().find(|(folder, _)| path.parent().unwrap().ends_with(folder));
                assert!(expected.is_none_or(|(_, expected)| names == *expected), "{}: {names:?}", path.display());
            }
            Err(error) => faults.push_str(&format!("{}: {error}\n", path.display())),
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
