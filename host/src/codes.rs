//! Every stable code a user can meet, with its meaning and remedy: docs/reference/error-codes.md is made from it.
//!
//! A code that the sources use and this table lacks fails the tests.

mod delivery;
mod host;
mod journal;
mod plugin;
mod request;
mod trust;

use std::fmt::Write;

use crate::config;

/// A code with its explanation.
#[derive(Debug, Clone, Copy)]
pub struct Explained {
    /// The code: an area, a dot, a situation.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Codes of one area.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Its heading in the reference.
    pub title: &'static str,
    /// Its codes, in alphabetical order.
    pub codes: &'static [Explained],
}

/// Every code.
pub const GROUPS: &[Group] = &[
    Group { title: "Configuration", codes: config::CODES },
    Group { title: "Plugin files and starts", codes: plugin::FILES },
    Group { title: "Trust in plugins", codes: trust::TRUST },
    Group { title: "Providers", codes: plugin::PROVIDERS },
    Group { title: "Calls", codes: request::CALLS },
    Group { title: "Cache", codes: request::CACHE },
    Group { title: "Journal", codes: journal::JOURNAL },
    Group { title: "Delivery", codes: delivery::DELIVERY },
    Group { title: "HTTP door", codes: request::HTTP },
    Group { title: "Admin listener", codes: host::ADMIN },
    Group { title: "Changes at run time", codes: host::CHANGES },
    Group { title: "Command line", codes: host::CLI },
    Group { title: "Host", codes: host::HOST },
];

const fn code(code: &'static str, meaning: &'static str, remedy: &'static str) -> Explained {
    Explained { code, meaning, remedy }
}

const HEAD: &str = "\
# Error codes

<!-- Generated from host/src/codes; `UPDATE_DOCS=1 cargo test -p outrigger docs` writes it anew. -->

A code never changes its meaning. It is the same on the terminal, in JSON and in answers.
";

/// Returns `docs/reference/error-codes.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = HEAD.to_owned();
    for group in GROUPS {
        let _ = writeln!(out, "\n## {}\n\n| Code | Meaning | What to do |\n|---|---|---|", group.title);
        for Explained { code, meaning, remedy } in group.codes {
            let _ = writeln!(out, "| `{code}` | {meaning} | {remedy} |");
        }
    }
    out
}

#[cfg(test)]
mod tests;
