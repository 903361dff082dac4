//! Which texts Sentry keeps in fields that have rules; it discards others and complains on the issue.
//!
//! Source: the answers of Sentry's normalizer (`sentry-relay` 0.10.1), observed 2026-11-23.

use std::ops::RangeInclusive;

/// Longest release, in bytes.
const RELEASE_BYTES_MAX: usize = 200;
/// Longest environment, in bytes.
const ENVIRONMENT_BYTES_MAX: usize = 64;
/// Lengths of a request method, in characters.
const METHOD_CHARS: RangeInclusive<usize> = 3..=32;

/// Tells whether a release of this name can be.
pub(crate) fn release(name: &str) -> bool {
    plain(name, RELEASE_BYTES_MAX) && !name.trim().eq_ignore_ascii_case("latest")
}

/// Tells whether an environment of this name can be.
pub(crate) fn environment(name: &str) -> bool {
    plain(name, ENVIRONMENT_BYTES_MAX) && !name.trim().eq_ignore_ascii_case("none")
}

/// Tells whether this can be the method of a request.
pub(super) fn method(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
    METHOD_CHARS.contains(&name.chars().count()) && name.chars().all(letter)
}

fn plain(name: &str, bytes_max: usize) -> bool {
    let forbidden = |c: char| matches!(c, '/' | '\\') || c.is_control();
    name.len() <= bytes_max && !matches!(name.trim(), "" | "." | "..") && !name.contains(forbidden)
}

#[cfg(test)]
mod tests;
