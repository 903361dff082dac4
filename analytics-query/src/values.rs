//! Numbers for the values of a property.

use std::collections::HashMap;

use outrigger_plugin_api::sdk::analytics::{
    Object,
    query::{By, Fault, Scalar, VALUES_MAX, property},
};

/// The values met so far, numbered from 0 on.
#[derive(Debug)]
pub struct Values {
    property: String,
    /// By their JSON text, by which they are sorted as well.
    numbers: HashMap<String, usize>,
    values: Vec<(String, Option<Scalar>)>,
    max: usize,
}

impl Values {
    /// Begins.
    pub fn new(by: &By) -> Self {
        Self::bounded(by, VALUES_MAX)
    }

    fn bounded(by: &By, max: usize) -> Self {
        Self { property: by.property.clone(), numbers: HashMap::new(), values: Vec::new(), max }
    }

    /// Returns the number of the value that an event's properties have.
    ///
    /// # Errors
    /// `/by/property` where there are more values than any answer is about.
    pub fn number(&mut self, properties: &Object) -> Result<usize, Fault> {
        let value = property(properties, &self.property).and_then(Scalar::of);
        let text = serde_json::to_string(&value).unwrap_or_default();
        if let Some(number) = self.numbers.get(&text) {
            return Ok(*number);
        }
        let number = self.values.len();
        if number == self.max {
            let detail = format!("has more than {} different values; choose one with fewer, or fewer events", self.max);
            return Err(Fault { pointer: "/by/property".to_owned(), detail });
        }
        self.numbers.insert(text.clone(), number);
        self.values.push((text, value));
        Ok(number)
    }

    /// Returns a value; nothing where events have none.
    pub fn value(&self, number: usize) -> Option<Scalar> {
        self.values.get(number).and_then(|(_, value)| value.clone())
    }

    /// Returns a value's JSON text.
    pub fn text(&self, number: usize) -> &str {
        self.values.get(number).map_or("", |(text, _)| text)
    }
}

#[cfg(test)]
mod tests;
