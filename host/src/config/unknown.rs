//! Names that nobody knows: finds the one that was probably meant.

use super::codes;
use crate::diagnostic::{Diagnostic, Origin};

/// Names that people write out of habit, with the name used here. A renamed key is added here and stays.
const SUCCESSORS: &[(&str, &str)] = &[
    ("plugins", "providers"),
    ("cache.providers", "cache.provider"),
    ("monitoring.provider", "monitoring.providers"),
    ("analytics.provider", "analytics.providers"),
    ("plugin_dirs", "plugin-dirs"),
];

/// How alike two names must be to be offered: catches two swapped or one or two wrong letters in a name of five
/// to ten, without offering `redis` for `sentry`.
const LIKENESS_MIN: f64 = 0.75;

/// Returns the name most like `name`, if one is alike enough.
pub(super) fn nearest<'v>(name: &str, valid: impl IntoIterator<Item = &'v str>) -> Option<&'v str> {
    let lower = name.to_lowercase();
    valid
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// Says that `name` is no key of the table at `prefix` (empty, or with a final dot).
pub(super) fn key(name: &str, at: &Origin, prefix: &str, valid: &[&str]) -> Diagnostic {
    let path = format!("{prefix}{name}");
    let docs = format!("docs/reference/configuration.md#{}", anchor(prefix));
    if let Some((_, successor)) = SUCCESSORS.iter().find(|(old, _)| *old == path) {
        return Diagnostic::error(codes::KEY_GONE, format!("`{path}` is called `{successor}` here"))
            .at(at)
            .help(format!("write `{successor}`"))
            .docs(docs);
    }
    let place = match prefix.trim_end_matches('.') {
        "" => "at the top level".to_owned(),
        table => format!("in `{table}`"),
    };
    let mut unknown = Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key `{name}` {place}"))
        .at(at)
        .valid(valid.iter().copied())
        .docs(docs);
    if let Some(near) = nearest(name, valid.iter().copied()) {
        unknown = unknown.help(format!("did you mean `{near}`?"));
    }
    unknown
}

/// Returns the heading of the reference that documents the table.
fn anchor(prefix: &str) -> &str {
    match prefix.split('.').next().unwrap_or_default() {
        "" => "top-level",
        "providers" => "providers-name",
        section => section,
    }
}
