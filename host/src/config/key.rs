//! A key of the host's own: name, variable, default, bounds and reason in one place, and the reading of it.
//!
//! Parsing, the list of valid keys, the editor schema and the reference documentation all come from the same
//! [`Key`] constants, so they can't drift apart.

use serde_json::Value as Json;

use super::environment::Environment;
use super::show::{Row, Shown};
use super::tree::{Node, Table};
use super::value::{Fault, Setting};
use super::{Kind, codes};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// A key with the type of its value.
pub(super) struct Key<T: 'static> {
    /// Dotted path; inside a provider's block it is relative to the block.
    pub(super) path: &'static str,
    /// The variable that overrides the file.
    pub(super) env: Option<&'static str>,
    pub(super) default: Preset<T>,
    /// Smallest and largest accepted value.
    pub(super) bounds: Option<(T, T)>,
    /// What it does and why the default and the bounds are what they are; one paragraph of Markdown.
    pub(super) doc: &'static str,
}

/// The value of a key that nobody set.
pub(super) enum Preset<T> {
    /// There is none; the text says what happens then.
    Absent(fn() -> T, &'static str),
    /// Always the same.
    Same(fn() -> T),
    /// One for the cache, whose callers wait, and one for the others, whose callers don't.
    ByKind { cache: fn() -> T, events: fn() -> T },
}

/// A value with its origin.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// What documentation and schemas need to know of a key, whatever its type.
pub(super) trait Described {
    fn path(&self) -> &'static str;
    fn env(&self) -> Option<&'static str>;
    fn expects(&self) -> String;
    fn default(&self) -> String;
    fn bounds(&self) -> Option<(String, String)>;
    fn doc(&self) -> &'static str;
    fn schema(&self) -> Json;
}

impl<T: Setting> Described for Key<T> {
    fn path(&self) -> &'static str {
        self.path
    }

    fn env(&self) -> Option<&'static str> {
        self.env
    }

    fn expects(&self) -> String {
        match T::schema().get("enum").and_then(Json::as_array) {
            Some(words) => words.iter().map(Json::to_string).collect::<Vec<_>>().join(", "),
            None => T::EXPECTS.to_owned(),
        }
    }

    fn default(&self) -> String {
        match self.default {
            Preset::Absent(_, means) => means.to_owned(),
            Preset::Same(value) => format!("`{}`", value().show()),
            Preset::ByKind { cache, events } => {
                format!("`{}` for the cache, `{}` for the others", cache().show(), events().show())
            }
        }
    }

    fn bounds(&self) -> Option<(String, String)> {
        self.bounds.as_ref().map(|(low, high)| (low.show(), high.show()))
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn schema(&self) -> Json {
        let mut schema = T::schema();
        if let Json::Object(map) = &mut schema {
            map.insert("description".to_owned(), Json::from(self.doc));
        }
        schema
    }
}

/// Reads keys out of one table, collecting diagnostics and rows for `config show`.
pub(super) struct Reader<'r> {
    pub(super) table: Option<&'r Table>,
    /// What stands before the path in messages: empty, or `providers.NAME.`.
    pub(super) prefix: String,
    pub(super) environment: &'r Environment,
    pub(super) found: &'r mut Diagnostics,
    pub(super) rows: &'r mut Vec<Row>,
}

impl Reader<'_> {
    /// Reads a key whose default is the same for every kind.
    pub(super) fn read<T: Setting>(&mut self, key: &Key<T>) -> Found<T> {
        self.read_for(key, Kind::Cache)
    }

    /// Reads `key` for a provider of `kind`, or its default after reporting what was wrong.
    pub(super) fn read_for<T: Setting>(&mut self, key: &Key<T>, kind: Kind) -> Found<T> {
        let found = self.read_quietly(key, kind);
        let absent = matches!((&key.default, &found.origin), (Preset::Absent(..), Origin::Default));
        if !absent {
            self.rows.push(Row {
                path: format!("{}{}", self.prefix, key.path),
                value: Shown::Plain(found.value.show()),
                origin: found.origin.clone(),
            });
        }
        found
    }

    /// Like [`Reader::read_for`] without a row: the caller adds one that shows no secret.
    pub(super) fn read_quietly<T: Setting>(&mut self, key: &Key<T>, kind: Kind) -> Found<T> {
        self.given(key).unwrap_or_else(|| {
            let value = match key.default {
                Preset::Absent(value, _) | Preset::Same(value) => value(),
                Preset::ByKind { cache, events } => match kind {
                    Kind::Cache => cache(),
                    Kind::Monitoring | Kind::Analytics => events(),
                },
            };
            Found { value, origin: Origin::Default }
        })
    }

    /// Reads what the highest source says, if any says something valid.
    fn given<T: Setting>(&mut self, key: &Key<T>) -> Option<Found<T>> {
        let node = self.table.and_then(|table| descend(table, key.path));
        let variable = key.env.and_then(|name| self.environment.lookup(name, self.found));
        let (read, origin) = match (node, variable) {
            (Some(node), Some((_, origin))) if node.origin.rank() > origin.rank() => {
                (T::from_node(node), node.origin.clone())
            }
            (_, Some((text, origin))) => (T::from_text(&text), origin),
            (Some(node), None) => (T::from_node(node), node.origin.clone()),
            (None, None) => return None,
        };
        match read {
            Ok(value) => match &key.bounds {
                Some((low, high)) if !value.within(low, high) => {
                    let why = format!("must be between {} and {}, not {}", low.show(), high.show(), value.show());
                    self.refuse(key, Fault::new(why), &origin);
                    None
                }
                _ => Some(Found { value, origin }),
            },
            Err(fault) => {
                self.refuse(key, fault, &origin);
                None
            }
        }
    }

    fn refuse<T: Setting>(&mut self, key: &Key<T>, fault: Fault, origin: &Origin) {
        let path = format!("{}{}", self.prefix, key.path);
        let subject = match origin {
            Origin::Env { name } | Origin::EnvFile { name, .. } => format!("{name} (`{path}`)"),
            _ => format!("`{path}`"),
        };
        let refused = Diagnostic::error(fault.code, format!("{subject} {}", fault.why))
            .at(fault.at.as_ref().unwrap_or(origin))
            .valid(fault.valid);
        self.found.push(if T::SECRET { refused } else { refused.plain() });
    }
}

/// Follows a dotted path; `None` where it ends early. A wrong type on the way is reported by the key check.
pub(super) fn descend<'t>(table: &'t Table, path: &str) -> Option<&'t Node> {
    match path.split_once('.') {
        None => table.node(path),
        Some((first, rest)) => descend(table.node(first)?.table()?, rest),
    }
}

/// Reports the keys of `table` that are in no `paths`, descending into the tables that the paths name.
pub(super) fn check_keys(table: &Table, prefix: &str, paths: &[&str], found: &mut Diagnostics) {
    let mut valid: Vec<&str> = Vec::new();
    for name in paths.iter().map(|path| path.split('.').next().unwrap_or(path)) {
        if !valid.contains(&name) {
            valid.push(name);
        }
    }
    for entry in &table.entries {
        if !valid.contains(&entry.name.as_str()) {
            found.push(super::unknown::key(&entry.name, &entry.key, prefix, &valid));
            continue;
        }
        let inner: Vec<&str> =
            paths.iter().filter_map(|path| path.strip_prefix(entry.name.as_str())?.strip_prefix('.')).collect();
        let path = format!("{prefix}{}", entry.name);
        match entry.node.table() {
            _ if inner.is_empty() || inner.contains(&"*") => {}
            Some(table) => check_keys(table, &format!("{path}."), &inner, found),
            None => found.push(
                Diagnostic::error(codes::VALUE_INVALID, format!("`{path}` must be a table, not {}", entry.node.kind()))
                    .at(&entry.node.origin)
                    .valid(inner),
            ),
        }
    }
}
