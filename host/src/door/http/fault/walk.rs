//! Walks a body beside its schema, as far as our models' schemas go: references, alternatives, types, members, items,
//! enumerations and ranges.

use serde_json::{Map, Value};

use super::{FAULTS_MAX, Fault, step};

/// The walk so far.
pub(super) struct Walk<'a> {
    /// What references lead to.
    pub(super) definitions: &'a Map<String, Value>,
    /// What was found.
    pub(super) faults: Vec<Fault>,
}

impl Walk<'_> {
    /// Checks `body`, which stands at `pointer`, against `schema`.
    pub(super) fn check(&mut self, schema: &Value, body: &Value, pointer: &str) {
        if self.faults.len() >= FAULTS_MAX {
            return;
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap_or_default();
            if let Some(definition) = self.definitions.get(name) {
                self.check(definition, body, pointer);
            }
            return;
        }
        if !self.has_type(schema, body, pointer) {
            return;
        }
        for alternatives in ["oneOf", "anyOf"] {
            if let Some(Value::Array(schemas)) = schema.get(alternatives) {
                self.alternatives(schemas, body, pointer);
            }
        }
        match body {
            Value::Object(members) => self.members(schema, members, pointer),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.check(schema, item, &step(pointer, &index.to_string()));
                }
            }
            Value::String(text) => self.among(schema, text, pointer),
            Value::Number(number) => self.range(schema, number.as_f64().unwrap_or_default(), pointer),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn fault(&mut self, pointer: String, detail: String) {
        self.faults.push(Fault { pointer, detail });
    }

    fn has_type(&mut self, schema: &Value, body: &Value, pointer: &str) -> bool {
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        };
        if types.iter().any(|name| is_a(body, name)) {
            return true;
        }
        self.fault(pointer.to_owned(), not(&types, body));
        false
    }

    /// The alternatives of our models are variants with a tag, constants, or something or null.
    fn alternatives(&mut self, schemas: &[Value], body: &Value, pointer: &str) {
        if let Some((tag, known)) = tag(schemas) {
            let given = body.get(tag).and_then(Value::as_str);
            let variant = schemas.iter().find(|schema| constant(schema, tag).is_some_and(|name| Some(name) == given));
            match variant {
                Some(schema) => self.check(schema, body, pointer),
                None if !body.is_object() => self.fault(pointer.to_owned(), not(&["object"], body)),
                None => self.fault(step(pointer, tag), format!("must be one of {}", listed(&known))),
            }
            return;
        }
        let fits = |schema: &Value| {
            let mut walk = Walk { definitions: self.definitions, faults: Vec::new() };
            walk.check(schema, body, pointer);
            walk.faults.is_empty()
        };
        if schemas.iter().any(fits) {
            return;
        }
        let constants: Vec<_> =
            schemas.iter().filter_map(|schema| schema.get("const").and_then(Value::as_str)).collect();
        if !constants.is_empty() {
            return self.fault(pointer.to_owned(), format!("must be one of {}", listed(&constants)));
        }
        // Null is what nobody means who sent something: the other alternative's faults help.
        let meant = schemas.iter().find(|schema| schema.get("type").and_then(Value::as_str) != Some("null"));
        if let Some(schema) = meant {
            self.check(schema, body, pointer);
        }
    }

    fn members(&mut self, schema: &Value, members: &Map<String, Value>, pointer: &str) {
        let empty = Map::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let others = schema.get("additionalProperties");
        for (name, value) in members {
            match (known.get(name), others) {
                (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => {
                    self.check(schema, value, &step(pointer, name));
                }
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<_> = known.keys().map(String::as_str).collect();
                    self.fault(step(pointer, name), format!("is not known here; known are {}", listed(&known)));
                }
                _ => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !members.contains_key(*name)) {
            self.fault(step(pointer, name), "is missing".to_owned());
        }
    }

    fn among(&mut self, schema: &Value, text: &str, pointer: &str) {
        let constant = schema.get("const").into_iter();
        let listed_values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let allowed: Vec<_> = constant.chain(listed_values).filter_map(Value::as_str).collect();
        if !allowed.is_empty() && !allowed.contains(&text) {
            self.fault(pointer.to_owned(), format!("must be one of {}", listed(&allowed)));
        }
    }

    fn range(&mut self, schema: &Value, number: f64, pointer: &str) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        if let Some(least) = bound("minimum").filter(|least| number < *least) {
            self.fault(pointer.to_owned(), format!("must be at least {least}"));
        }
        if let Some(most) = bound("maximum").filter(|most| number > *most) {
            self.fault(pointer.to_owned(), format!("must be at most {most}"));
        }
    }
}

/// Returns the member whose constants tell the variants apart, with those constants.
fn tag(schemas: &[Value]) -> Option<(&str, Vec<&str>)> {
    let members = schemas.first()?.get("properties")?.as_object()?;
    let tag = members.iter().find(|(_, schema)| schema.get("const").is_some()).map(|(name, _)| name.as_str())?;
    let known: Option<Vec<_>> = schemas.iter().map(|schema| constant(schema, tag)).collect();
    Some((tag, known?))
}

fn constant<'a>(schema: &'a Value, member: &str) -> Option<&'a str> {
    schema.get("properties")?.get(member)?.get("const")?.as_str()
}

fn not(types: &[&str], body: &Value) -> String {
    let words: Vec<_> = types.iter().map(|name| in_words(name)).collect();
    format!("must be {}, is {}", words.join(" or "), in_words(type_of(body)))
}

fn is_a(body: &Value, name: &str) -> bool {
    match name {
        "integer" => body.is_i64() || body.is_u64(),
        "number" => body.is_number(),
        other => type_of(body) == other,
    }
}

const fn type_of(body: &Value) -> &'static str {
    match body {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn in_words(name: &str) -> &str {
    match name {
        "boolean" => "true or false",
        "number" => "a number",
        "integer" => "a whole number",
        "string" => "text",
        "array" => "an array",
        "object" => "an object",
        other => other,
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
