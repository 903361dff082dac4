//! Typed references: `{ env = "NAME" }` and `{ file = "path" }` in the place of a value.
//!
//! Resolved after the file was parsed, at one value at a time. Text is never interpolated, so no value can
//! smuggle in a key, and no value but the one that asks for it can read a variable.

use std::path::Path;

use super::environment::Environment;
use super::tree::{Node, Value};
use super::{codes, sources};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// Bound of a referenced file: a certificate chain fits, a log file that was named by mistake doesn't.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// Where a value is to be taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// A variable.
    Env(String),
    /// A file, relative to the folder of `plugins.toml`.
    File(String),
}

impl Reference {
    /// Recognises a reference: a table with the one key `env` or `file`, and a text.
    pub(super) fn from_node(node: &Node) -> Option<Self> {
        let [entry] = node.table()?.entries.as_slice() else {
            return None;
        };
        match (entry.name.as_str(), &entry.node.value) {
            ("env", Value::Text(name)) => Some(Self::Env(name.clone())),
            ("file", Value::Text(path)) => Some(Self::File(path.clone())),
            _ => None,
        }
    }

    /// Returns the key it is written with.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Env(_) => "env",
            Self::File(_) => "file",
        }
    }

    /// Writes it as TOML.
    pub(super) fn show(&self) -> String {
        let (Self::Env(target) | Self::File(target)) = self;
        format!("{{ {} = \"{target}\" }}", self.key())
    }
}

/// Reads what the reference at `at` points to, for `wanted_by`; the origin returned is that of the text.
///
/// Trailing line breaks of a file are dropped, because editors add them and no secret ends in one.
pub(super) fn resolve(
    reference: &Reference,
    at: &Origin,
    base: &Path,
    environment: &Environment,
    wanted_by: &str,
    found: &mut Diagnostics,
) -> Option<(String, Origin)> {
    match reference {
        Reference::Env(name) => {
            let value = environment.lookup(name, found);
            if value.is_none() && !environment.is_set(name) {
                found.push(
                    Diagnostic::error(codes::VARIABLE_MISSING, format!("{name} is not set, and {wanted_by} needs it"))
                        .at(at)
                        .help(format!("set {name} in the environment or in the file given by --env-file"))
                        .plain(),
                );
            }
            value
        }
        Reference::File(path) => {
            let text = sources::read_text_at(&base.join(path), FILE_BYTES_MAX, wanted_by, at, found)?;
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() {
                let message = format!("the file `{path}` is empty, and {wanted_by} needs its content");
                found.push(Diagnostic::error(codes::VALUE_INVALID, message).at(at).plain());
                return None;
            }
            Some((text.to_owned(), at.clone()))
        }
    }
}
