//! Which providers crashed the host, as `plugin list` shows them.

use serde_json::{Value, json};

use super::Folders;
use crate::crash::Counts;

/// Returns them for programs.
pub fn shown(folders: &Folders) -> Vec<Value> {
    let shown = |(provider, counted): (&String, &crate::crash::Counted)| {
        json!({ "provider": provider, "crashes": counted.count, "quarantined": counted.quarantined(),
            "operation": counted.operation, "cause": counted.cause, "at_ms": counted.at_ms, "sha256": counted.sha256 })
    };
    counts(folders).all().map(shown).collect()
}

/// Returns them for people, each a paragraph.
pub fn text(folders: &Folders) -> String {
    let mut text = String::new();
    for (provider, counted) in counts(folders).all() {
        let (count, last) = (counted.count, counted.last());
        let word = if counted.quarantined() { "quarantined" } else { "crashed" };
        text.push_str(&format!(
            "\n\n{word}: provider `{provider}` crashed the host, {count} times; the last time {last}"
        ));
        if counted.quarantined() {
            text.push_str(&format!(
                "\n  help: another version is started again; this one after `outrigger plugin clear {provider}`"
            ));
        }
    }
    text
}

/// What can't be read counts for nothing, here as at a start.
fn counts(folders: &Folders) -> Counts {
    Counts::read(&folders.crashes()).unwrap_or_default()
}
