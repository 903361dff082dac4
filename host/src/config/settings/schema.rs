//! A plugin's JSON Schema, seen through references and nullable wrappers.
//!
//! The schema comes out of a plugin and is treated like network input: whatever has an unexpected shape counts as
//! absent, and references that go round in circles end.

use serde_json::{Map, Value as Json};

/// How many `$ref` and nullable wrappers are followed in one place. Derived schemas need two or three.
const HOPS_MAX: usize = 16;

/// How many levels of alternatives are searched for types; more would let a circle grow exponentially.
const TYPES_DEPTH_MAX: usize = 3;

/// A place in a schema.
#[derive(Clone, Copy)]
pub(super) struct Schema<'s> {
    root: &'s Json,
    /// As written at the property, with its annotations.
    outer: &'s Json,
    /// With references and nullable wrappers removed, where the rules are.
    inner: &'s Json,
    /// Whether `null` is allowed beside `inner`.
    pub(super) nullable: bool,
}

impl<'s> Schema<'s> {
    pub(super) fn root(root: &'s Json) -> Self {
        Self::at(root, root)
    }

    fn at(root: &'s Json, outer: &'s Json) -> Self {
        let (mut inner, mut nullable) = (outer, false);
        for _ in 0..HOPS_MAX {
            if let Some(target) = inner.get("$ref").and_then(Json::as_str) {
                let Some(next) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) else {
                    break;
                };
                inner = next;
            } else if let Some([only]) = inner.get("allOf").and_then(Json::as_array).map(Vec::as_slice) {
                inner = only;
            } else if let Some(alternatives) = alternatives(inner) {
                let is_null = |one: &&Json| one.get("type").and_then(Json::as_str) == Some("null");
                let mut others = alternatives.iter().filter(|one| !is_null(one));
                nullable |= alternatives.iter().any(|one| is_null(&one));
                match (others.next(), others.next()) {
                    (Some(only), None) => inner = only,
                    _ => break,
                }
            } else {
                break;
            }
        }
        Self { root, outer, inner, nullable }
    }

    pub(super) fn within(self, part: &'s Json) -> Self {
        Self::at(self.root, part)
    }

    /// Returns a keyword of the rules.
    pub(super) fn keyword(self, name: &str) -> Option<&'s Json> {
        self.inner.get(name)
    }

    /// Returns an annotation, preferably the one written at the property itself.
    fn annotation(self, name: &str) -> Option<&'s Json> {
        self.outer.get(name).or_else(|| self.inner.get(name))
    }

    pub(super) fn is_secret(self) -> bool {
        self.annotation("x-secret").and_then(Json::as_bool).unwrap_or(false)
    }

    pub(super) fn env(self) -> Option<&'s str> {
        self.annotation("x-env").and_then(Json::as_str).filter(|name| !name.is_empty())
    }

    pub(super) fn default(self) -> Option<&'s Json> {
        self.annotation("default").filter(|default| !default.is_null())
    }

    pub(super) fn example(self) -> Option<&'s Json> {
        self.annotation("examples").and_then(Json::as_array).and_then(|list| list.first())
    }

    /// Returns `anyOf` or `oneOf` where a choice remains.
    pub(super) fn alternatives(self) -> Option<&'s [Json]> {
        alternatives(self.inner)
    }

    pub(super) fn properties(self) -> Option<&'s Map<String, Json>> {
        self.inner.get("properties").and_then(Json::as_object)
    }

    /// Finds the schema of a key: a property, one of some alternative, or what holds for additional ones.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        if let Some(property) = self.properties().and_then(|properties| properties.get(name)) {
            return Some(self.within(property));
        }
        let mut alternatives = self.alternatives().unwrap_or_default().iter();
        let in_alternative = alternatives.find_map(|one| self.within(one).properties()?.get(name));
        in_alternative.or_else(|| self.additional()).map(|schema| self.within(schema))
    }

    /// Returns the schema of additional properties, if it is one.
    pub(super) fn additional(self) -> Option<&'s Json> {
        self.inner.get("additionalProperties").filter(|schema| schema.is_object())
    }

    /// Returns whether only declared keys are allowed. An object with properties is closed unless it says
    /// otherwise: `serde` ignores unknown keys by default, people who misspell one never want that.
    pub(super) fn is_closed(self) -> bool {
        match self.inner.get("additionalProperties") {
            Some(Json::Bool(open)) => !open,
            Some(_) => false,
            None => self.properties().is_some(),
        }
    }

    pub(super) fn items(self) -> Option<Self> {
        self.inner.get("items").filter(|items| items.is_object()).map(|items| self.within(items))
    }

    pub(super) fn required(self) -> impl Iterator<Item = &'s str> {
        self.inner.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
    }

    /// Returns the types that are allowed, including those of alternatives and of `const` and `enum`.
    pub(super) fn types(self) -> Vec<&'s str> {
        self.types_to(TYPES_DEPTH_MAX)
    }

    /// Looks at most `depth` alternatives deep: a schema may name itself as its alternative.
    fn types_to(self, depth: usize) -> Vec<&'s str> {
        let mut types = match self.inner.get("type") {
            Some(Json::String(one)) => vec![one.as_str()],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        if types.is_empty() && depth > 0 {
            let alternatives = self.alternatives().unwrap_or_default().iter();
            types = alternatives.flat_map(|one| self.within(one).types_to(depth - 1)).collect();
        }
        if self.nullable && !types.is_empty() {
            types.push("null");
        }
        types
    }
}

fn alternatives(schema: &Json) -> Option<&[Json]> {
    ["anyOf", "oneOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array()).map(Vec::as_slice)
}
