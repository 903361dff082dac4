//! Checks the whole way from text to configuration; each file is one promise.

mod canary;
mod catalog;
mod docs;
mod examples;
mod messages;
mod precedence;
mod process;
mod reading;

use super::*;
use crate::diagnostic::{Diagnostics, Paint};

/// Runs both steps over a file and variables.
fn load(text: &str, variables: &[(&str, &str)]) -> (Option<Config>, Diagnostics) {
    let mut sources = Sources::empty("").with_file("plugins.toml", text);
    for (name, value) in variables {
        sources = sources.with_variable(*name, *value);
    }
    resolve(&sources)
}

fn resolve(sources: &Sources) -> (Option<Config>, Diagnostics) {
    let mut found = Diagnostics::new();
    let draft = Draft::read(sources, &mut found);
    let config = draft.resolve(&catalog::vendors(), &mut found);
    (config, found)
}

/// Returns the configuration of sources without fault.
fn config(text: &str, variables: &[(&str, &str)]) -> Config {
    let (config, found) = load(text, variables);
    assert!(found.is_empty(), "{}", found.render(Paint::None));
    config.unwrap()
}

/// Returns the drawn diagnostics of sources with faults.
fn faults(text: &str, variables: &[(&str, &str)]) -> String {
    let (config, found) = load(text, variables);
    assert!(config.is_none(), "nothing was refused");
    found.render(Paint::None)
}

fn provider<'c>(config: &'c Config, name: &str) -> &'c ProviderConfig {
    config.providers.iter().find(|provider| provider.name == name).unwrap()
}
