//! Front doors name no provider and no other door, so vendors and protocols can change apart from each other.

use super::Check;
use super::source::Kind;

const FOLDER: &str = "host/src/door/";

/// The doors. What else lies in the folder serves them all.
const DOORS: [&str; 9] = ["cli", "http", "redis", "upstash", "sentry", "segment", "posthog", "ga4", "otlp"];

/// Words a door may say although a provider has that name: (door, word, reason). A door may always say its own.
const OWN_WORDS: [(&str, &str, &str); 2] = [
    ("upstash", "redis", "its protocol is Redis commands over HTTP"),
    ("cli", "redis", "a door, whose address it tells"),
];

/// Providers named with an everyday word, which is looked for only as `<kind>_<provider>`.
const EVERYDAY_WORDS: [(&str, &str); 5] = [
    ("internal", "an error kind"),
    ("memory", "a resource"),
    ("console", "a terminal"),
    ("database", "a place to store things"),
    ("file", "a file"),
];

pub(super) fn check(check: &mut Check<'_>) {
    let Some(below) = check.source.path.strip_prefix(FOLDER) else { return };
    if check.source.is_test() {
        return;
    }
    let own = below.split(['/', '.']).next().unwrap_or("");
    providers(check, own);
    other_doors(check, own, below);
}

fn providers(check: &mut Check<'_>, own: &str) {
    let source = check.source;
    for token in source.tokens.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Str)) {
        let words = words(token.text);
        for plugin in check.plugins {
            let provider = plugin.provider.as_str();
            let excused = own == provider
                || EVERYDAY_WORDS.iter().any(|(word, _)| *word == provider)
                || OWN_WORDS.iter().any(|(door, word, _)| *door == own && *word == provider);
            let said = format!("_{words}_").contains(&format!("_{provider}_")) && !excused;
            let said_in_full = format!("_{words}_").contains(&format!("_{}_", plugin.crate_name()));
            if said || said_in_full {
                check.report(token.line, format!("a front door names the provider `{provider}`"));
                break;
            }
        }
    }
}

/// Returns the words of an identifier or a text in lower case with `_` between: `RedisUrl` becomes `redis_url`.
fn words(text: &str) -> String {
    let mut words = String::new();
    let mut after_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            words.push('_');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase() || c.is_numeric();
    }
    words
}

fn other_doors(check: &mut Check<'_>, own: &str, below: &str) {
    // How many `super` lead from this file's module to `door`.
    let depth = below.split('/').count();
    for path in check.source.named_paths() {
        let supers = path.parts.iter().take_while(|part| **part == "super").count();
        let below_door = match path.parts.iter().position(|part| *part == "door") {
            Some(at) => path.parts.get(at + 1),
            None if supers == depth => path.parts.get(supers),
            None => None,
        };
        if let Some(door) = below_door
            && DOORS.contains(door)
            && *door != own
        {
            check.report(path.line, format!("a front door names another, `{door}`"));
        }
    }
}
