//! Writes a span's fields as JSON in the order they come.
//!
//! The log keeps them as text from the moment a span is made, and each request makes one. What the log's library brings
//! for that first sorts them into a map of trees, which is most of what a request's span costs.

use std::fmt;

use serde::ser::{SerializeMap, Serializer};
use tracing::span::Record;
use tracing_serde::SerdeMapVisitor;
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer},
};

/// Room for the fields of a request.
const FIELDS_BYTES: usize = 160;

/// Fields of spans, for the log in JSON.
#[derive(Debug)]
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        writer.write_str(&object(fields).ok_or(fmt::Error)?)
    }

    /// Adds fields that a span learns after it was made.
    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let added = object(fields).ok_or(fmt::Error)?;
        let (had, added) = (current.fields.pop(), added.strip_prefix('{').unwrap_or(&added));
        let between = match current.fields.as_str() {
            "" => "{",
            "{" => "",
            _ if added == "}" => "",
            _ => ",",
        };
        debug_assert!(matches!(had, None | Some('}')), "no object before {added}");
        current.fields.extend([between, added]);
        Ok(())
    }
}

/// Returns the fields as an object of JSON; `None` for what can't be told in it.
fn object<R: RecordFields>(fields: R) -> Option<String> {
    let mut json = Vec::with_capacity(FIELDS_BYTES);
    let mut serializer = serde_json::Serializer::new(&mut json);
    let mut visitor = SerdeMapVisitor::new(serializer.serialize_map(None).ok()?);
    fields.record(&mut visitor);
    visitor.take_serializer().and_then(SerializeMap::end).ok()?;
    String::from_utf8(json).ok()
}

#[cfg(test)]
mod tests;
