//! The text of `plugins.toml` as a tree in which every key and value knows where it was written.
//!
//! Owns its strings, so it outlives the parse, and takes assignments of `--set` into the same tree. Depth is
//! bounded by the TOML parser (80 levels), so walking it by recursion is safe.

use std::sync::Arc;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::codes;
use crate::diagnostic::{Diagnostic, Diagnostics, Origin, SourceFile};

/// A value and where it was written.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) value: Value,
}

/// What TOML can say.
#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    Datetime(String),
    List(Vec<Node>),
    Table(Table),
}

/// The entries of a table.
#[derive(Clone, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) key: Origin,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(super) fn node(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.node)
    }

    /// Puts `node` at the dotted `path`, replacing whatever stands in its way.
    pub(super) fn assign(&mut self, path: &[String], node: Node) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let origin = node.origin.clone();
        let at = match self.entries.iter().position(|entry| entry.name == *first) {
            Some(at) => at,
            None => {
                let value = Value::Table(Self::default());
                let node = Node { origin: origin.clone(), value };
                self.entries.push(Entry { name: first.clone(), key: origin.clone(), node });
                self.entries.len() - 1
            }
        };
        let Some(entry) = self.entries.get_mut(at) else {
            return;
        };
        if rest.is_empty() {
            entry.node = node;
            return;
        }
        if !matches!(entry.node.value, Value::Table(_)) {
            entry.node = Node { origin, value: Value::Table(Self::default()) };
        }
        if let Value::Table(table) = &mut entry.node.value {
            table.assign(rest, node);
        }
    }
}

impl std::fmt::Debug for Node {
    /// Names the type only: any text may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({} from {})", self.kind(), self.origin)
    }
}

impl Node {
    /// Returns the table, if this is one.
    pub(super) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Names the type, for messages that must not show the value.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Flag(_) => "a boolean",
            Value::Datetime(_) => "a date",
            Value::List(_) => "an array",
            Value::Table(_) => "a table",
        }
    }

    /// Returns the same value as JSON; a date becomes its text, a float without a JSON form becomes null.
    pub(super) fn to_json(&self) -> Json {
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => Json::String(text.clone()),
            Value::Integer(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::Flag(flag) => Json::Bool(*flag),
            Value::List(list) => Json::Array(list.iter().map(Self::to_json).collect()),
            Value::Table(table) => {
                Json::Object(table.entries.iter().map(|entry| (entry.name.clone(), entry.node.to_json())).collect())
            }
        }
    }
}

/// Parses the whole file. After a syntax error the tree holds what could be understood.
pub(super) fn parse(file: &Arc<SourceFile>, found: &mut Diagnostics) -> Table {
    let (root, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        let span = error.span().unwrap_or(file.text.len()..file.text.len());
        found
            .push(Diagnostic::error(codes::SYNTAX, error.message()).at(&Origin::File { file: Arc::clone(file), span }));
    }
    let place = |span| Origin::File { file: Arc::clone(file), span };
    convert_table(root.get_ref(), &place)
}

/// Reads the right side of `--set path=value`: TOML if it is TOML, otherwise the bare text.
pub(super) fn parse_value(text: &str, origin: &Origin) -> Node {
    match DeValue::parse(text.trim()) {
        Ok(value) => convert(&value, &|_| origin.clone()),
        Err(_) => Node { origin: origin.clone(), value: Value::Text(text.to_owned()) },
    }
}

/// Reads a dotted key such as `providers."eu.west".timeout`; `None` if it is none.
pub(super) fn parse_path(text: &str) -> Option<Vec<String>> {
    let line = format!("{text} = 0");
    let root = DeTable::parse(&line).ok()?;
    let mut path = Vec::new();
    let mut table = root.get_ref();
    loop {
        let mut entries = table.iter();
        let (key, value) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            DeValue::Integer(_) => return Some(path),
            _ => return None,
        }
    }
}

fn convert_table(table: &DeTable<'_>, place: &impl Fn(std::ops::Range<usize>) -> Origin) -> Table {
    let entries = table.iter().map(|(key, value)| Entry {
        name: key.get_ref().to_string(),
        key: place(key.span()),
        node: convert(value, place),
    });
    Table { entries: entries.collect() }
}

fn convert(value: &Spanned<DeValue<'_>>, place: &impl Fn(std::ops::Range<usize>) -> Origin) -> Node {
    let converted = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        // An integer beyond 64 bits becomes a float, which every check for an integer refuses.
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Float(f64::INFINITY),
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Datetime(date.to_string()),
        DeValue::Array(list) => Value::List(list.iter().map(|item| convert(item, place)).collect()),
        DeValue::Table(table) => Value::Table(convert_table(table, place)),
    };
    Node { origin: place(value.span()), value: converted }
}
