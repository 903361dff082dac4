//! The variables a run can see: the process environment over the file given by `--env-file`.
//!
//! Collected once, so that a value and its origin can't disagree. Only names that the configuration declares or
//! refers to are ever looked up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{codes, dotenv};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// All variables with their origins. `Debug` shows none of them.
#[derive(Default, Clone)]
pub(super) struct Environment {
    process: BTreeMap<String, Option<String>>,
    file: BTreeMap<String, (String, Origin)>,
}

impl Environment {
    /// Adds a variable of the process; `None` stands for bytes that are not UTF-8.
    pub(super) fn insert(&mut self, name: String, value: Option<String>) {
        self.process.insert(name, value);
    }

    /// Adds the variables of an env file.
    pub(super) fn insert_file(&mut self, path: &str, text: &str, found: &mut Diagnostics) {
        let path: Arc<str> = Arc::from(path);
        for dotenv::Variable { name, value, line } in dotenv::parse(&path, text, found) {
            let origin = Origin::EnvFile { path: Arc::clone(&path), line, name: name.clone() };
            self.file.insert(name, (value, origin));
        }
    }

    /// Looks a declared variable up. One that is set but empty is reported, and doesn't fall back to the file:
    /// whoever emptied it meant something, and it wasn't the other value.
    pub(super) fn lookup(&self, name: &str, found: &mut Diagnostics) -> Option<(String, Origin)> {
        let (value, origin) = match self.process.get(name) {
            Some(Some(value)) => (value.clone(), Origin::Env { name: name.to_owned() }),
            Some(None) => {
                let message = format!("{name} is not UTF-8 text");
                let origin = Origin::Env { name: name.to_owned() };
                found.push(Diagnostic::error(codes::VARIABLE_NOT_TEXT, message).at(&origin));
                return None;
            }
            None => self.file.get(name)?.clone(),
        };
        if value.trim().is_empty() {
            found.push(
                Diagnostic::error(codes::VARIABLE_EMPTY, format!("{name} is set but empty"))
                    .at(&origin)
                    .help(format!("give {name} a value, or unset it")),
            );
            return None;
        }
        Some((value, origin))
    }

    /// Returns whether the variable is set at all, empty or not.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.process.contains_key(name) || self.file.contains_key(name)
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.process.len() + self.file.len())
    }
}
