//! Copies one JSON value, of any sort: as compact as can be, numbers and texts as a tree of values would write them.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Most members of an object that are compared with each other, so that none is there twice: a store that reads the first
/// would else know another event than one that reads the last. With more the event is read the long way.
const MEMBERS_MAX: usize = 64;

/// What a value was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    /// A whole number from 0.
    Count,
    Text,
    Object,
    Other,
}

/// Where a value is written to. Recursion is bounded by the reader's 128 levels.
pub(super) struct Value<'a> {
    pub(super) out: &'a mut Vec<u8>,
}

impl Value<'_> {
    fn write<E: Error>(self, scalar: &(impl serde::Serialize + ?Sized), shape: Shape) -> Result<Shape, E> {
        serde_json::to_writer(self.out, scalar).map_err(E::custom)?;
        Ok(shape)
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Shape;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        self.write(&(), Shape::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Shape, E> {
        self.write(&value, Shape::Other)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Shape, E> {
        self.write(&value, Shape::Count)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Shape, E> {
        self.write(&value, Shape::Other)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Shape, E> {
        self.write(&value, Shape::Other)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Shape, E> {
        self.write(value, Shape::Text)
    }

    /// A text without an escape stands in the request as it is to be written.
    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Shape, E> {
        self.out.push(b'"');
        self.out.extend_from_slice(value.as_bytes());
        self.out.push(b'"');
        Ok(Shape::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        self.out.push(b'[');
        let start = self.out.len();
        loop {
            let before = self.out.len();
            if before > start {
                self.out.push(b',');
            }
            if items.next_element_seed(Value { out: self.out })?.is_none() {
                self.out.truncate(before);
                self.out.push(b']');
                return Ok(Shape::Other);
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Shape, A::Error> {
        self.out.push(b'{');
        let mut names: Vec<(usize, usize)> = Vec::with_capacity(8);
        loop {
            let before = self.out.len();
            if !names.is_empty() {
                self.out.push(b',');
            }
            let start = self.out.len();
            if members.next_key_seed(Value { out: self.out })?.is_none() {
                self.out.truncate(before);
                self.out.push(b'}');
                return Ok(Shape::Object);
            }
            let name = (start, self.out.len());
            let text = |(from, to): (usize, usize)| self.out.get(from..to);
            if names.len() >= MEMBERS_MAX || names.iter().any(|known| text(*known) == text(name)) {
                return Err(A::Error::custom("a member that is there twice, or very many"));
            }
            names.push(name);
            self.out.push(b':');
            members.next_value_seed(Value { out: self.out })?;
        }
    }
}
