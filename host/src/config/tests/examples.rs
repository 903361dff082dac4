//! The reference file is right. The examples are checked against the plugins themselves, in `tests`.

use std::path::Path;

use super::*;

fn assert_resolves(folder: &str, variables: &[(&str, &str)]) -> Config {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join("plugins.toml");
    config(&std::fs::read_to_string(path).unwrap(), variables)
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
