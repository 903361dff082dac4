//! Puts references and declared variables into the settings that were written.
//!
//! A declared variable (`x-env`) overrides a value written in the file, as everywhere. It doesn't override a typed
//! reference: who wrote `{ env = "SENTRY_EU_DSN" }` chose the variable, and two providers of one plugin need two.

use super::schema::Schema;
use super::{DEPTH_MAX, Request, convert};
use crate::config::codes;
use crate::config::reference::{self, Reference};
use crate::config::tree::{Entry, Node, Table, Value};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// A place in the settings.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// Dotted keys for messages.
    pub(super) keys: String,
    /// JSON pointer.
    pub(super) pointer: String,
    /// Whether the value, or one it belongs to, is secret.
    pub(super) secret: bool,
}

impl Place {
    pub(super) fn child(&self, name: &str, schema: Option<Schema<'_>>) -> Self {
        let dot = if self.keys.is_empty() { "" } else { "." };
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Self {
            keys: format!("{}{dot}{name}", self.keys),
            pointer: format!("{}/{escaped}", self.pointer),
            secret: self.secret || schema.is_some_and(Schema::is_secret),
        }
    }

    pub(super) fn item(&self, index: usize) -> Self {
        let (keys, pointer) = (format!("{}[{index}]", self.keys), format!("{}/{index}", self.pointer));
        Self { keys, pointer, secret: self.secret }
    }
}

/// One pass of filling.
pub(super) struct Fill<'f> {
    pub(super) request: &'f Request<'f>,
    pub(super) found: &'f mut Diagnostics,
    /// Pointers of values that something was said about already; they don't count as missing.
    pub(super) failed: Vec<String>,
}

impl Fill<'_> {
    /// Returns the node with everything filled in; `None` if nothing gives it a value.
    pub(super) fn node(
        &mut self,
        schema: Schema<'_>,
        written: Option<&Node>,
        place: &Place,
        depth: usize,
    ) -> Option<Node> {
        if depth > DEPTH_MAX {
            return written.cloned();
        }
        if let Some(node) = written
            && let Some(reference) = Reference::from_node(node)
            && schema.properties().is_none_or(|properties| !properties.contains_key(reference.key()))
        {
            return self.reference(schema, &reference, &node.origin, place);
        }
        match written.map(|node| (&node.value, node)) {
            Some((Value::List(list), node)) => {
                let Some(items) = schema.items() else {
                    return written.cloned();
                };
                let fill = |(index, item)| self.node(items, Some(item), &place.item(index), depth + 1);
                let filled = list.iter().enumerate().filter_map(fill).collect();
                Some(Node { origin: node.origin.clone(), value: Value::List(filled) })
            }
            Some((Value::Table(table), node)) => {
                let table = self.table(schema, table, place, depth);
                Some(Node { origin: node.origin.clone(), value: Value::Table(table) })
            }
            Some(_) => written.cloned(),
            None => {
                // An absent table begins to exist when a variable fills something in it.
                let table = self.table(schema, &Table::default(), place, depth);
                let origin = table.entries.first()?.node.origin.clone();
                Some(Node { origin, value: Value::Table(table) })
            }
        }
    }

    fn table(&mut self, schema: Schema<'_>, written: &Table, place: &Place, depth: usize) -> Table {
        let mut filled = Table::default();
        for entry in &written.entries {
            let node = match schema.child(&entry.name) {
                Some(child) => self.property(child, Some(&entry.node), &place.child(&entry.name, Some(child)), depth),
                None => Some(entry.node.clone()),
            };
            filled.entries.extend(node.map(|node| Entry { node, ..entry.clone() }));
        }
        for (name, property) in schema.properties().into_iter().flatten() {
            if written.node(name).is_none() {
                let child = schema.within(property);
                let node = self.property(child, None, &place.child(name, Some(child)), depth);
                filled.entries.extend(node.map(|node| Entry { name: name.clone(), key: node.origin.clone(), node }));
            }
        }
        filled
    }

    /// Fills one property: its declared variable, or what was written.
    fn property(&mut self, schema: Schema<'_>, written: Option<&Node>, place: &Place, depth: usize) -> Option<Node> {
        let is_reference = written.is_some_and(|node| Reference::from_node(node).is_some());
        if let Some(name) = schema.env().filter(|_| !is_reference) {
            match self.request.environment.lookup(name, self.found) {
                Some((text, origin)) if written.is_none_or(|node| node.origin.rank() < origin.rank()) => {
                    return self.text(schema, &text, origin, place);
                }
                None if self.request.environment.is_set(name) => self.failed.push(place.pointer.clone()),
                _ => {}
            }
        }
        self.node(schema, written, place, depth + 1)
    }

    fn reference(&mut self, schema: Schema<'_>, target: &Reference, at: &Origin, place: &Place) -> Option<Node> {
        let Request { base, environment, .. } = *self.request;
        if let Reference::Env(name) = target
            && place.secret
            && !environment.is_set(name)
        {
            let keys = &place.keys;
            let mut missing = Diagnostic::error(
                codes::SECRET_MISSING,
                format!("{name} is not set, and `{}` needs it", self.request.path(keys)),
            )
            .at(at)
            .help(format!("set {name} in the environment or in the file given by --env-file"))
            .plain();
            missing.notes.extend(self.request.notes());
            self.found.push(missing);
            self.failed.push(place.pointer.clone());
            return None;
        }
        let wanted_by = format!("`{}`", self.request.path(&place.keys));
        match reference::resolve(target, at, base, environment, &wanted_by, self.found) {
            Some((text, origin)) => self.text(schema, &text, origin, place),
            None => {
                self.failed.push(place.pointer.clone());
                None
            }
        }
    }

    /// Turns a text into the type that the schema wants.
    fn text(&mut self, schema: Schema<'_>, text: &str, origin: Origin, place: &Place) -> Option<Node> {
        match convert::text(schema, text, &origin) {
            Ok(value) => Some(Node { origin, value }),
            Err(why) => {
                let path = self.request.path(&place.keys);
                let mut wrong =
                    Diagnostic::error(codes::SETTING_INVALID, format!("{origin} (`{path}`) {why}")).at(&origin);
                wrong.notes.extend(self.request.notes());
                self.found.push(wrong);
                self.failed.push(place.pointer.clone());
                None
            }
        }
    }
}
