//! Checks filled settings against the schema and turns them into the JSON that the plugin gets.

mod report;

use std::cell::Cell;

use serde_json::{Map, Value as Json};

use super::fill::Place;
use super::rules;
use super::schema::Schema;
use super::{DEPTH_MAX, Request};
use crate::config::show::{Row, Shown};
use crate::config::tree::{Node, Table, Value};
use crate::diagnostic::{Diagnostics, Origin};

/// One pass of checking.
pub(super) struct Check<'c> {
    pub(super) request: &'c Request<'c>,
    /// Comparisons that are left.
    pub(super) steps: &'c Cell<u32>,
    pub(super) failed: &'c [String],
    pub(super) found: &'c mut Diagnostics,
    pub(super) secret_paths: Vec<String>,
    pub(super) rows: &'c mut Vec<Row>,
}

/// Returns the settings of a provider for which nothing was written.
pub(super) fn empty(request: &Request<'_>) -> Node {
    Node { origin: request.provider.by.clone(), value: Value::Table(Table::default()) }
}

impl Check<'_> {
    /// Checks one value and returns it as JSON.
    pub(super) fn node(&mut self, schema: Schema<'_>, node: &Node, place: &Place, depth: usize) -> Json {
        let steps = self.steps.get();
        self.steps.set(steps.saturating_sub(1));
        if depth > DEPTH_MAX || steps == 0 {
            let why = "nests too deeply, or its schema goes round in circles".to_owned();
            self.refuse(node, place, why, schema);
            return Json::Null;
        }
        if let Some(alternatives) = schema.alternatives() {
            return self.choose(schema, alternatives, node, place, depth);
        }
        if let Err(why) = rules::check(schema, node, place.secret) {
            self.refuse(node, place, why, schema);
        }
        for part in schema.keyword("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.quietly(|check| check.node(schema.within(part), node, place, depth + 1));
        }
        match &node.value {
            Value::Table(table) => self.table(schema, table, node, place, depth),
            Value::List(list) => {
                let item = |(index, item)| match schema.items() {
                    Some(items) => {
                        let mut place = place.item(index);
                        place.secret |= items.is_secret();
                        self.node(items, item, &place, depth + 1)
                    }
                    None => item.to_json(),
                };
                let json = Json::Array(list.iter().enumerate().map(item).collect());
                self.remember(&json, node, place);
                json
            }
            _ => {
                let json = node.to_json();
                self.remember(&json, node, place);
                json
            }
        }
    }

    /// Checks one value against alternatives and reports the faults of the nearest one.
    fn choose(&mut self, schema: Schema<'_>, alternatives: &[Json], node: &Node, place: &Place, depth: usize) -> Json {
        if let Some(words) = rules::words(alternatives) {
            let json = node.to_json();
            if !words.contains(&&json) {
                self.refuse(node, place, rules::one_of(&words, node, place.secret), schema);
            }
            self.remember(&json, node, place);
            return json;
        }
        let mut best: Option<(Diagnostics, Json, Vec<String>, Vec<Row>)> = None;
        for alternative in alternatives {
            let (mut found, mut rows) = (Diagnostics::new(), Vec::new());
            let mut check = Check {
                request: self.request,
                steps: self.steps,
                failed: self.failed,
                found: &mut found,
                secret_paths: Vec::new(),
                rows: &mut rows,
            };
            let json = check.node(schema.within(alternative), node, place, depth + 1);
            let secret_paths = check.secret_paths;
            if best.as_ref().is_none_or(|(least, ..)| found.len() < least.len()) {
                best = Some((found, json, secret_paths, rows));
            }
        }
        let Some((found, json, secret_paths, rows)) = best else {
            return Json::Null;
        };
        self.found.append(found);
        self.secret_paths.extend(secret_paths);
        self.rows.extend(rows);
        json
    }

    fn table(&mut self, schema: Schema<'_>, table: &Table, node: &Node, place: &Place, depth: usize) -> Json {
        let mut json = Map::new();
        for entry in &table.entries {
            let child = schema.child(&entry.name);
            let inner = place.child(&entry.name, child);
            match child {
                Some(child) => {
                    json.insert(entry.name.clone(), self.node(child, &entry.node, &inner, depth + 1));
                }
                None if schema.is_closed() => self.unknown(schema, &entry.name, &entry.key, place),
                None => {
                    let value = entry.node.to_json();
                    self.remember(&value, &entry.node, &inner);
                    json.insert(entry.name.clone(), value);
                }
            }
        }
        for name in schema.required().filter(|name| table.node(name).is_none()) {
            self.missing(schema, name, node, place);
        }
        for (name, property) in schema.properties().into_iter().flatten() {
            if table.node(name).is_none() {
                self.show_absent(schema.within(property), name, place);
            }
        }
        Json::Object(json)
    }

    /// Adds the row of a setting that nobody set.
    fn show_absent(&mut self, schema: Schema<'_>, name: &str, place: &Place) {
        let place = place.child(name, Some(schema));
        let value = match schema.default() {
            _ if place.secret => Shown::SecretMissing,
            Some(default) => Shown::Plain(default.to_string()),
            None => return,
        };
        self.rows.push(Row { path: self.request.path(&place.keys), value, origin: Origin::Default });
    }

    /// Notes a value for `config show`, and whether it is secret.
    fn remember(&mut self, json: &Json, node: &Node, place: &Place) {
        let nested = matches!(json, Json::Array(items) if items.iter().any(Json::is_object));
        if place.secret {
            self.secret_paths.push(place.pointer.clone());
        }
        // Elements and objects inside a list have rows of their own.
        if !nested && !place.keys.ends_with(']') {
            let value = if place.secret { Shown::SecretSet } else { Shown::Plain(json.to_string()) };
            self.rows.push(Row { path: self.request.path(&place.keys), value, origin: node.origin.clone() });
        }
    }

    /// Runs a check for its diagnostics only.
    fn quietly(&mut self, run: impl FnOnce(&mut Check<'_>) -> Json) {
        let mut rows = Vec::new();
        let mut check = Check {
            request: self.request,
            steps: self.steps,
            failed: self.failed,
            found: self.found,
            secret_paths: Vec::new(),
            rows: &mut rows,
        };
        run(&mut check);
        let secret_paths = check.secret_paths;
        self.secret_paths.extend(secret_paths);
    }
}
