//! Says where a JSON body is not what its route takes, by JSON pointer (RFC 6901).
//!
//! The model's schema is walked beside the body, because serde forgets the place inside tagged and flattened models,
//! which all events are. Recursion follows the schema, never the input. It runs only for bodies that serde refused.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

mod walk;

/// Most faults named in one answer: enough to mend a body in one go, few enough to read.
pub(super) const FAULTS_MAX: usize = 16;

/// One thing wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Fault {
    /// The place as a JSON pointer; empty for the whole body. A missing member is named where it should stand.
    pub(super) pointer: String,
    /// What is wrong there.
    pub(super) detail: String,
}

impl Fault {
    /// Returns the fault of a body's member, or of the whole body where `member` is empty.
    pub(super) fn of(member: &str, detail: impl Into<String>) -> Self {
        let pointer = if member.is_empty() { String::new() } else { step("", member) };
        Self { pointer, detail: detail.into() }
    }

    /// Returns the same fault of a body that stands at `pointer` in a larger one.
    #[must_use]
    pub(super) fn within(self, pointer: &str) -> Self {
        Self { pointer: format!("{pointer}{}", self.pointer), ..self }
    }
}

/// Returns what is wrong with a body that is no `T`; `otherwise` where the schema finds nothing.
pub(super) fn faults<T: JsonSchema>(body: &Value, otherwise: &str) -> Vec<Fault> {
    let root = schemars::schema_for!(T).to_value();
    let empty = Map::new();
    let definitions = root.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
    let mut walk = walk::Walk { definitions, faults: Vec::new() };
    walk.check(&root, body, "");
    let mut faults = walk.faults;
    if faults.is_empty() {
        faults.push(Fault::of("", otherwise));
    }
    faults.truncate(FAULTS_MAX);
    faults
}

/// Returns the pointer of a member below `pointer`.
pub(super) fn step(pointer: &str, member: &str) -> String {
    format!("{pointer}/{}", member.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
